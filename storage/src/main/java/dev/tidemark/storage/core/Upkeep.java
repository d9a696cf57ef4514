package dev.tidemark.storage.core;

import dev.tidemark.storage.Options;
import dev.tidemark.storage.compaction.CompactionReport;
import dev.tidemark.storage.compaction.Pace;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.state.StateStore;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What keeps a store small and sound beside its updates, when it is asked for and by itself: what
 * is logged becomes a state on disk, the log is folded, and what nobody needs any more is forgotten
 * and removed.
 */
public final class Upkeep {
  private static final int MOST_PULSES = 3;

  private final StoreCore core;
  private final OpLog log;
  private final Committer committer;
  private final Background background;
  private final FailStop failStop;
  private final Compaction compaction;
  private final Worker compacting;
  private final Collector collector;
  private final Leftovers leftovers;
  private final Steward steward;
  private final Worker stewarding;
  private final Object collecting = new Object();

  /** Workers that wait to be started. */
  Upkeep(
      StoreCore core,
      Workers workers,
      Options options,
      OpLog log,
      StateStore state,
      Committer committer,
      RunIntake runs,
      Background background,
      FailStop failStop,
      Backpressure backpressure) {
    this.core = core;
    this.log = log;
    this.committer = committer;
    this.background = background;
    this.failStop = failStop;
    this.compaction =
        new Compaction(
            log,
            state,
            options,
            core.cluster()::lowestUnspread,
            backpressure::isFelt,
            background::flushState);
    this.compacting = workers.create("tidemark-compact", compaction, background::fail);
    this.collector = new Collector(state, background.folder());
    this.leftovers = new Leftovers(core, log, state, committer, runs, background);
    this.steward = new Steward(core, this, options);
    this.stewarding = workers.create("tidemark-collect", steward, steward::fail);
  }

  void start() {
    compacting.start();
    if (steward.isActive()) {
      stewarding.start();
    }
  }

  /** Something is logged, of which other members may have to hear. */
  void signal() {
    if (committer.ring().isNews()) {
      stewarding.wake();
    } else {
      stewarding.signal();
    }
  }

  /** Ends what goes on by itself, and waits for what was asked for. */
  void stop() {
    stewarding.stop();
    compaction.cancel();
    compacting.stop();
    compaction.await();
  }

  /** Seals the log segment being written; commits go on meanwhile. */
  public void roll() {
    core.requireWritable();
    failStop.run(log::roll);
    // Sealing syncs.
    core.observers().wake();
  }

  /** Folds all that is logged into the state and writes the state to disk. */
  public void flush() {
    core.requireWritable();
    core.refuseInCommit("flush", "flush before or after");
    core.foldPending();
    background.flushState();
  }

  /** Folds all that is logged, and copies the state as it is then. */
  void copyState(Path target) {
    flush();
    background.copyState(target);
  }

  /**
   * Folds the log up to now into one segment.
   *
   * @param progress is told of what is read, by the number of bytes
   */
  public CompactionReport compact(Pace progress) {
    roll();
    flush();
    return unlessClosing(() -> failStop.run(() -> compaction.all(progress)));
  }

  /**
   * Raises the floor as far as the members let it, and forgets all below it.
   *
   * @param pace sees the bytes that are looked at
   */
  public CollectionReport collect(Pace pace) {
    core.requireWritable();
    core.refuseInCommit("collect", "collect before or after");
    // What it says of itself counts once it has said it: then it may have more to say.
    for (int more = MOST_PULSES; more > 0 && core.cluster().pulse(); more--) {
      // Each round is one heartbeat.
    }
    core.foldPending();
    return unlessClosing(() -> forget(pace));
  }

  private <T> T unlessClosing(Supplier<T> work) {
    try {
      return work.get();
    } catch (CancellationException closing) {
      core.requireOpen();
      throw closing;
    }
  }

  /** Whether the floor has risen since all below it was forgotten. */
  boolean isForgettingDue() {
    return collector.isDue();
  }

  /** Forgets what is below the floor, if it has risen. */
  CollectionReport forget(Pace pace) {
    return cleaning(() -> collector.run(pace));
  }

  /** Whether there is something left of keys that a ring has given to others, to be removed. */
  public boolean isFreeingDue() {
    return core.locked(leftovers::isDue);
  }

  /**
   * Removes some of what is left of keys that a ring has given to others; whether there may be
   * more.
   *
   * @param pace sees the bytes that are looked at
   */
  public boolean free(Pace pace) {
    return cleaning(() -> leftovers.step(pace));
  }

  /** One at a time. */
  private <T> T cleaning(Supplier<T> work) {
    core.requireFolding();
    return failStop.run(
        () -> {
          synchronized (collecting) {
            return work.get();
          }
        });
  }

  /** Why the other members could not be told what this one has seen, or null. */
  public @Nullable Throwable problem() {
    return steward.problem();
  }

  /** What removes keys that a ring has given to others. */
  Leftovers leftovers() {
    return leftovers;
  }

  /** What finds damaged keys and puts them right. */
  public KeyRepair keyRepair(SnapshotKeeper snapshots) {
    return new KeyRepair(core, committer, background, snapshots);
  }
}
