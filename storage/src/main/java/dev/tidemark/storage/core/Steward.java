package dev.tidemark.storage.core;

import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.compaction.Throttle;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells the other members what this one has seen, where one of them waits for that, follows the
 * ring, and forgets what all of them have seen and what the ring has given to others, as slowly as
 * the log is compacted. What fails is tried again later: the others only wait meanwhile.
 */
final class Steward implements Worker.Duty {
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final StoreCore core;
  private final Upkeep upkeep;
  private final long intervalNanos;
  private final Throttle slow;
  private long looked;
  private volatile boolean ended;
  private volatile @Nullable Throwable problem;

  Steward(StoreCore core, Upkeep upkeep, Options options) {
    this.core = core;
    this.upkeep = upkeep;
    this.intervalNanos = options.stewardInterval().toNanos();
    long bytesPerSecond = options.compactionBytesPerSecond();
    this.slow =
        new Throttle(
            bytesPerSecond == 0 ? Throttle.UNBOUNDED : bytesPerSecond, () -> core.isClosed());
  }

  /** Whether it does anything by itself. */
  boolean isActive() {
    return intervalNanos > 0;
  }

  @Override
  public long run() {
    if (ended) {
      return Worker.UNTIL_SIGNALLED;
    }
    try {
      // Deaf for a while after each look: what comes meanwhile is answered as one, and a commit
      // wakes nobody as long as there are others.
      long position = core.log().appendedPosition();
      boolean rests = !core.cluster().advance() && !core.cluster().pulse() && position == looked;
      looked = position;
      if (upkeep.isForgettingDue()) {
        upkeep.forget(slow);
      }
      // Some at a time: others wait for the words above.
      boolean frees = upkeep.isFreeingDue() && upkeep.free(slow);
      problem = null;
      return rests && !frees ? Worker.UNTIL_SIGNALLED : intervalNanos;
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
