package dev.tidemark.storage.core;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.StorePoisonedException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.compaction.CompactionReport;
import dev.tidemark.storage.compaction.Compactor;
import dev.tidemark.storage.compaction.Pace;
import dev.tidemark.storage.compaction.Throttle;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.state.StateStore;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Folds the log behind a store's back, slowly, still more slowly while writers have to wait, and at
 * once where it is asked for. Only what the state has on disk is folded.
 */
final class Compaction implements Worker.Duty {
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Compactor compactor;
  private final StateStore state;
  private final LongSupplier unspread;
  private final Runnable flushState;
  private final long bytesPerSecond;
  private final Pace slow;
  private volatile boolean cancelled;

  Compaction(
      OpLog log,
      StateStore state,
      Options options,
      LongSupplier unspread,
      BooleanSupplier slowedDown,
      Runnable flushState) {
    this.compactor = new Compactor(log, options.segmentBytes());
    this.state = state;
    this.unspread = unspread;
    this.flushState = flushState;
    this.bytesPerSecond = options.compactionBytesPerSecond();
    this.slow = new Throttle(Math.max(1, bytesPerSecond), slowedDown, this::isCancelled);
  }

  private boolean isCancelled() {
    return cancelled;
  }

  @Override
  public long run() {
    if (bytesPerSecond == 0 || cancelled) {
      return Worker.UNTIL_SIGNALLED;
    }
    try {
      boolean more = step();
      return more ? 0 : LOOK_NANOS;
    } catch (CancellationException closing) {
      return Worker.UNTIL_SIGNALLED;
    } catch (StorePoisonedException failed) {
      throw failed;
    } catch (TidemarkException e) {
      // A full disk may be freed; damage stays, and is told by those who have to read what it hit.
      return e instanceof OutOfSpaceException ? RETRY_NANOS : Worker.UNTIL_SIGNALLED;
    }
  }

  private synchronized boolean step() {
    long spread = unspread.getAsLong() - 1;
    if (!compactor.hasStep(Math.min(spread, state.progress().applied()))) {
      return false;
    }
    if (!compactor.hasStep(Math.min(spread, state.flushedPosition()))) {
      flushState.run();
    }
    return compactor.step(Math.min(spread, state.flushedPosition()), slow).segmentsBefore() > 0;
  }

  /** Folds all that is sealed and flushed into one segment. */
  synchronized CompactionReport all(Pace progress) {
    Throttle fast = new Throttle(Throttle.UNBOUNDED, this::isCancelled);
    return compactor.all(
        Math.min(unspread.getAsLong() - 1, state.flushedPosition()),
        bytes -> {
          fast.passed(bytes);
          progress.passed(bytes);
        });
  }

  /** Ends what is going on. */
  void cancel() {
    cancelled = true;
  }

  /** Waits until nothing is going on, after a cancel. */
  synchronized void await() {
    // Whoever folds holds this lock.
  }
}
