package dev.tidemark.storage.compaction;

import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Lets so many bytes a second pass, until it is cancelled. For one thread at a time. */
public final class Throttle implements Pace {
  /** No bound. */
  public static final long UNBOUNDED = Long.MAX_VALUE;

  /** What was not used of the time before is used later, up to this. */
  private static final long CREDIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final double nanosPerByte;
  private final BooleanSupplier cancelled;
  private long due = System.nanoTime();

  /** A throttle that asks, at each step and while it waits, whether it is cancelled. */
  public Throttle(long bytesPerSecond, BooleanSupplier cancelled) {
    this.nanosPerByte =
        bytesPerSecond == UNBOUNDED ? 0 : (double) TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
    this.cancelled = cancelled;
  }

  @Override
  public void passed(long bytes) {
    requireWanted();
    long now = System.nanoTime();
    due = now + Math.max(due - now, -CREDIT_NANOS) + (long) (bytes * nanosPerByte);
    for (long left = due - now; left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(left, NAP_NANOS));
      requireWanted();
    }
  }

  private void requireWanted() {
    if (cancelled.getAsBoolean()) {
      throw new CancellationException("compaction is cancelled");
    }
  }
}
