package dev.tidemark.tools.demo;

import dev.tidemark.engine.codec.Bytes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
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

  private final LongAdder operations = new LongAdder();
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
  void make(GitCommit commit, Runnable step) {
    Replica here = replicas.get(commit.replica());
    counted(here, () -> makeAt(here, commit));
    Checkpoint checkpoint = checkpoints.get(commit.index());
    if (checkpoint != null) {
      compare(checkpoint, here.files());
    }
    step.run();
  }

  private void makeAt(Replica here, GitCommit commit) {
    for (int parent : commit.parents()) {
      here.pull(replicas.get(causality.history().get(parent).replica()), cut[parent]);
    }
    List<Bytes> conflicting =
        commit.isMerge() ? here.inConflict(causality.writtenOnBothSides(commit)) : List.of();
    cut[commit.index()] = here.make(commit);
    if (!conflicting.isEmpty()) {
      conflicts.met(commit, conflicting, here.inConflict(conflicting));
    }
  }

  /** Brings everything to one replica and from there to all. */
  void agree(Replica hub, Crew crew, Runnable step) {
    replicas.forEach(each -> counted(hub, () -> hub.pull(each, each.ownOperations())));
    crew.forEach(
        replicas,
        each -> {
          counted(each, () -> each.pullAll(hub));
          step.run();
        });
  }

  private void counted(Replica here, Runnable work) {
    long before = here.operations();
    work.run();
    operations.add(here.operations() - before);
  }

  private void compare(Checkpoint checkpoint, Tree tree) {
    trees.compare(
        "tree at commit " + checkpoint.commit(),
        checkpoint.paths() + " paths " + checkpoint.sha256(),
        tree.size() + " paths " + tree.digest());
  }

  /** How many operations were made and received so far. */
  long operations() {
    return operations.sum();
  }

  /** The share of the work that is done: in the end every replica holds every operation. */
  double share() {
    return operations() / (double) (causality.history().operations() * replicas.size());
  }

  Conflicts conflicts() {
    return conflicts;
  }

  Tally trees() {
    return trees;
  }
}
