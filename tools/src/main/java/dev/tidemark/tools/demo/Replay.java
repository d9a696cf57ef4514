package dev.tidemark.tools.demo;

import dev.tidemark.engine.codec.Bytes;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Makes git's commits again, each at its replica, after that replica has received exactly what the
 * commit's parents had seen: a parent's history is its replica's log up to the parent itself.
 */
final class Replay {
  private final Causality causality;
  private final List<Replica> replicas;
  private final Map<Integer, Checkpoint> checkpoints;

  /** How many operations a commit's replica had made when it was made: where its log is cut. */
  private final long[] cut;

  private long operations;
  private final Conflicts conflicts = new Conflicts();
  private final Tally trees = new Tally();

  Replay(Causality causality, List<Checkpoint> checkpoints, List<Replica> replicas) {
    this.causality = causality;
    this.replicas = replicas;
    this.cut = new long[causality.history().size()];
    this.checkpoints =
        checkpoints.stream().collect(Collectors.toMap(Checkpoint::commit, Function.identity()));
  }

  /** Makes one commit, all of whose parents have been made. */
  void make(GitCommit commit) {
    Replica here = replicas.get(commit.replica());
    long before = here.operations();
    for (int parent : commit.parents()) {
      receive(here, parent);
    }
    List<Bytes> conflicting =
        commit.isMerge() ? here.inConflict(causality.writtenOnBothSides(commit)) : List.of();
    cut[commit.index()] = here.make(commit);
    operations += here.operations() - before;
    if (!conflicting.isEmpty()) {
      conflicts.met(commit, conflicting, here.inConflict(conflicting));
    }
    Checkpoint checkpoint = checkpoints.get(commit.index());
    if (checkpoint != null) {
      compare(checkpoint, here.files());
    }
  }

  /** Brings a commit and its history to a replica, unless it was made there. */
  void receive(Replica here, int commit) {
    Replica there = replicas.get(causality.history().get(commit).replica());
    if (there != here) {
      here.pull(there, cut[commit]);
    }
  }

  private void compare(Checkpoint checkpoint, Tree tree) {
    trees.compare(
        "tree at commit " + checkpoint.commit(),
        checkpoint.paths() + " paths " + checkpoint.sha256(),
        tree.size() + " paths " + tree.digest());
  }

  /** How many operations were made and received so far. */
  long operations() {
    return operations;
  }

  Conflicts conflicts() {
    return conflicts;
  }

  Tally trees() {
    return trees;
  }
}
