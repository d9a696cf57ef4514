package dev.tidemark.tools.demo;

import dev.tidemark.engine.codec.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The same replay without a store, for comparison: each replica is a map of the writes that are
 * alive at it, and looks at every path that a merge brings.
 */
final class MemoryReplay {
  private record Live(int replica, int ordinal, Bytes blob) {}

  private final History history;
  private final List<Map<Bytes, List<Live>>> trees = new ArrayList<>();
  private final List<List<GitCommit>> made = new ArrayList<>();
  private final int[][] seenBy;
  private final int[][] seenAt;

  /** Paths with several contents once a merge's parents are there. */
  long conflicts;

  long conflictingMerges;

  /** Paths with several contents after a merge. */
  long unsettled;

  /** Operations at the replicas that they were not made at. */
  long received;

  MemoryReplay(History history) {
    this.history = history;
    this.seenAt = new int[history.replicas()][history.replicas()];
    this.seenBy = new int[history.size()][];
    for (int i = 0; i < history.replicas(); i++) {
      trees.add(new HashMap<>());
      made.add(new ArrayList<>());
    }
    history.commits().forEach(this::make);
  }

  private void make(GitCommit commit) {
    int here = commit.replica();
    int[] seen = seenAt[here];
    List<GitCommit> missing = new ArrayList<>();
    for (int parent : commit.parents()) {
      for (int r = 0; r < seen.length; r++) {
        for (; seen[r] < seenBy[parent][r]; seen[r]++) {
          missing.add(made.get(r).get(seen[r]));
        }
      }
    }
    // Any order that keeps parents first is causal.
    missing.sort((a, b) -> Integer.compare(a.index(), b.index()));
    Set<Bytes> brought = new HashSet<>();
    for (GitCommit each : missing) {
      apply(each, here);
      each.writes().forEach(write -> brought.add(write.path()));
      received += each.operations();
    }
    long before = commit.isMerge() ? severalAt(here, brought) : 0;
    seen[here]++;
    made.get(here).add(commit);
    seenBy[commit.index()] = seen.clone();
    apply(commit, here);
    conflicts += before;
    conflictingMerges += before > 0 ? 1 : 0;
    unsettled += commit.isMerge() ? severalAt(here, brought) : 0;
  }

  private void apply(GitCommit commit, int at) {
    int[] seen = seenBy[commit.index()];
    for (PathWrite write : commit.writes()) {
      List<Live> live = trees.get(at).computeIfAbsent(write.path(), path -> new ArrayList<>(1));
      live.removeIf(old -> old.ordinal <= seen[old.replica]);
      if (write.blob() != null) {
        live.add(new Live(commit.replica(), seen[commit.replica()], write.blob()));
      }
    }
  }

  private long severalAt(int replica, Set<Bytes> paths) {
    return paths.stream()
        .filter(
            path -> trees.get(replica).get(path).stream().map(Live::blob).distinct().count() > 1)
        .count();
  }

  long made() {
    return history.commits().stream().mapToLong(GitCommit::operations).sum();
  }
}
