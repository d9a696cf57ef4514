package dev.tidemark.storage.core;

import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.compaction.Throttle;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells the other members what this one has seen, where one of them waits for that, and forgets
 * what all of them have seen, as slowly as the log is compacted. What fails is tried again later:
 * the others only wait meanwhile.
 */
final class Steward implements Worker.Duty {
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final StoreCore core;
  private final long intervalNanos;
  private final Throttle slow;
  private volatile boolean ended;
  private volatile @Nullable Throwable problem;

  Steward(StoreCore core, Options options) {
    this.core = core;
    this.intervalNanos = options.stewardInterval().toNanos();
    long bytesPerSecond = options.compactionBytesPerSecond();
    this.slow =
        new Throttle(
            bytesPerSecond == 0 ? Throttle.UNBOUNDED : bytesPerSecond, () -> core.isClosed());
  }

  @Override
  public long run() {
    if (ended || intervalNanos == 0) {
      return Worker.UNTIL_SIGNALLED;
    }
    try {
      // One that has spoken is deaf for a while: whatever comes meanwhile is answered as one.
      long next = core.pulse() ? intervalNanos : Worker.UNTIL_SIGNALLED;
      if (core.isForgettingDue()) {
        core.forget(slow);
      }
      problem = null;
      return next;
    } catch (CancellationException closing) {
      return Worker.UNTIL_SIGNALLED;
    } catch (TidemarkException e) {
      problem = e;
      return RETRY_NANOS;
    } catch (IllegalStateException e) {
      if (!core.isClosed()) {
        throw e;
      }
      return Worker.UNTIL_SIGNALLED;
    }
  }

  /** Nobody is told any more: the others wait, and nothing else is disturbed. */
  void fail(Throwable cause) {
    ended = true;
    problem = cause;
  }

  /** Why the last attempt failed, or null. */
  @Nullable Throwable problem() {
    return problem;
  }
}
