package dev.tidemark.storage.compaction;

import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Lets so many bytes a second pass, and a share of that while there is something more urgent, until
 * it is cancelled. It never stops by itself: writers that are slowed down for hours would let the
 * log grow as long. For one thread at a time.
 */
public final class Throttle implements Pace {
  /** No bound. */
  public static final long UNBOUNDED = Long.MAX_VALUE;

  /** How many times as long everything takes while it gives way. */
  static final int GIVING_WAY = 8;

  /** What was not used of the time before is used later, up to this. */
  private static final long CREDIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** What comes to less is counted together: a tenth of a fold without a bound was the clock. */
  private static final long STEP_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final double nanosPerByte;
  private final BooleanSupplier urgent;
  private final BooleanSupplier cancelled;
  private final LongSupplier nanoTime;
  private final LongConsumer sleep;
  private double passed;
  private long due;

  /** A throttle that asks, at each step and while it waits, whether it is cancelled. */
  public Throttle(long bytesPerSecond, BooleanSupplier cancelled) {
    this(bytesPerSecond, () -> false, cancelled);
  }

  /**
   * A throttle that gives way, too.
   *
   * @param urgent whether there is something more urgent; asked where the clock is
   */
  public Throttle(long bytesPerSecond, BooleanSupplier urgent, BooleanSupplier cancelled) {
    this(bytesPerSecond, urgent, cancelled, System::nanoTime, LockSupport::parkNanos);
  }

  Throttle(
      long bytesPerSecond,
      BooleanSupplier urgent,
      BooleanSupplier cancelled,
      LongSupplier nanoTime,
      LongConsumer sleep) {
    this.nanosPerByte =
        bytesPerSecond == UNBOUNDED ? 0 : (double) TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
    this.urgent = urgent;
    this.cancelled = cancelled;
    this.nanoTime = nanoTime;
    this.sleep = sleep;
    this.due = nanoTime.getAsLong();
  }

  @Override
  public void passed(long bytes) {
    requireWanted();
    passed += bytes * nanosPerByte;
    if (passed < STEP_NANOS) {
      return;
    }
    long now = nanoTime.getAsLong();
    double nanos = passed * (urgent.getAsBoolean() ? GIVING_WAY : 1);
    passed = 0;
    due = now + Math.max(due - now, -CREDIT_NANOS) + (long) nanos;
    for (long left = due - now; left > 0; left = due - nanoTime.getAsLong()) {
      sleep.accept(Math.min(left, NAP_NANOS));
      requireWanted();
    }
  }

  private void requireWanted() {
    if (cancelled.getAsBoolean()) {
      throw new CancellationException("compaction is cancelled");
    }
  }
}
