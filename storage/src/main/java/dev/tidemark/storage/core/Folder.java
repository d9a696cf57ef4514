package dev.tidemark.storage.core;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.storage.conflict.Conflicts;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.overlay.Generation;
import dev.tidemark.storage.overlay.Overlay;
import dev.tidemark.storage.run.RunEffect;
import dev.tidemark.storage.run.RunFold;
import dev.tidemark.storage.run.RunRecords;
import dev.tidemark.storage.state.FoldBatch;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.StateStore;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Folds frozen generations into the state, the oldest first. A generation is folded only when the
 * log is synced up to its end: so the state is never ahead of the log, whatever the disk forgets.
 *
 * <p>A full disk is waited out: what cannot be folded stays in memory, and is tried again.
 */
final class Folder implements Worker.Duty {
  /** While commits come, more of them come to one write of a key: a busy store is not hurried. */
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LAST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final OpLog log;
  private final Overlay overlay;
  private final StateStore state;
  private final StateMending mending;
  private final Conflicts conflicts;
  private final Runnable freeze;
  private final Runnable onFolded;
  private final long quietNanos;
  private long activeSince;
  private long appendedBefore;
  private long retryNanos = FIRST_RETRY_NANOS;
  private volatile @Nullable OutOfSpaceException obstacle;

  Folder(
      OpLog log,
      Overlay overlay,
      StateStore state,
      long replicaId,
      Conflicts conflicts,
      long syncNanos,
      Runnable freeze,
      Runnable onFolded) {
    this.log = log;
    // What it freezes it has to force: not before that is due anyway.
    this.quietNanos = Math.max(QUIET_NANOS, syncNanos);
    this.mending = new StateMending(log, state, replicaId);
    this.overlay = overlay;
    this.state = state;
    this.conflicts = conflicts;
    this.freeze = freeze;
    this.onFolded = onFolded;
  }

  @Override
  public long run() {
    try {
      boolean folded = foldOldest();
      if (!folded) {
        overcome();
      }
      fitToSize();
      if (folded) {
        return 0;
      }
    } catch (OutOfSpaceException full) {
      onFolded.run();
      long wait = retryNanos;
      retryNanos = Math.min(2 * wait, LAST_RETRY_NANOS);
      return wait;
    }
    return freezeWhenDue();
  }

  /** A generation that is not full is frozen when nothing comes any more, or after some time. */
  private long freezeWhenDue() {
    if (overlay.activeBytes() == 0) {
      activeSince = 0;
      return Worker.UNTIL_SIGNALLED;
    }
    long now = System.nanoTime();
    long appended = log.appendedPosition();
    if (activeSince == 0) {
      activeSince = now;
    } else if (appended == appendedBefore
        || now - activeSince >= Math.max(LONGEST_NANOS, quietNanos)) {
      activeSince = 0;
      freeze.run();
      return 0;
    }
    appendedBefore = appended;
    return quietNanos;
  }

  /** What the last attempt failed for, or null: a disk that is full. */
  @Nullable OutOfSpaceException obstacle() {
    return obstacle;
  }

  /** Folds one generation; false if none is frozen. */
  synchronized boolean foldOldest() {
    Generation generation = overlay.oldestFrozen();
    if (generation == null) {
      return false;
    }
    log.awaitSynced(generation.lastPosition());
    // What is folded is not replayed: then nobody could find a conflict again that a crash took.
    conflicts.force();
    attempt(() -> generation.foldInto(state));
    overlay.retire(generation);
    onFolded.run();
    return true;
  }

  /**
   * Folds a run that the log holds behind all that is folded. A full disk is not waited out here:
   * whoever takes a run holds up all updates meanwhile.
   */
  synchronized void foldRun(
      RunEffect effect,
      RunRecords records,
      long position,
      long clock,
      SortedMap<Long, OriginRow> rows) {
    RunFold.all(state, effect, records, position, clock, rows);
    onFolded.run();
  }

  /**
   * Changes what the state holds without a word on how far the log is folded. Not in the middle of
   * a run: what a crash left of one is folded again first.
   */
  synchronized void forget(Consumer<FoldBatch> change) {
    apart(change, CrashPoint.COLLECT_BATCH);
  }

  /** Puts right what the state holds of a key; the change is made while nothing is folded. */
  synchronized void correct(Consumer<FoldBatch> change) {
    apart(change, CrashPoint.REPAIR_BATCH);
  }

  private void apart(Consumer<FoldBatch> change, CrashPoint step) {
    attempt(
        () -> {
          try (FoldBatch batch = state.fold()) {
            change.accept(batch);
            batch.noProgress();
            step.before();
            batch.commit();
            step.after();
          }
        });
  }

  /** Does something while nothing is folded: in the middle the state is of no one position. */
  synchronized <T> T betweenFolds(Supplier<T> work) {
    return work.get();
  }

  /** Writes the state to disk. */
  synchronized void flush() {
    attempt(state::flush);
  }

  /** Copies the state; nothing is folded meanwhile, so that the copy has no more to flush. */
  synchronized void checkpoint(Path target) {
    attempt(() -> state.checkpoint(target));
  }

  /** The state may have grown; see {@link StateStore#fitToSize}. */
  private synchronized void fitToSize() {
    attempt(state::fitToSize);
  }

  /** With nothing to fold, a flush tells whether there is room again. */
  private synchronized void overcome() {
    if (obstacle != null) {
      flush();
      onFolded.run();
    }
  }

  private void attempt(Runnable work) {
    try {
      work.run();
    } catch (OutOfSpaceException full) {
      obstacle = full;
      mending.attempt();
      throw full;
    }
    obstacle = null;
    mending.rest();
    retryNanos = FIRST_RETRY_NANOS;
  }
}
