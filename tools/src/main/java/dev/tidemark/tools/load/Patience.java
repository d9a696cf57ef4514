package dev.tidemark.tools.load;

import dev.tidemark.error.OutOfSpaceException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tries again what an almost full disk refuses: a store takes up by itself what it refused. */
final class Patience {
  private static final long FIRST_BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long LONGEST_BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** Without an end of its own a run does not wait for space for ever. */
  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Pace pace;
  private final LoadNumbers numbers;

  Patience(Pace pace, LoadNumbers numbers) {
    this.pace = pace;
    this.numbers = numbers;
  }

  /** Gives what the action gives, or null if the time was over before there was space. */
  <T> @Nullable T call(Supplier<T> action) {
    long backOff = FIRST_BACK_OFF_NANOS;
    long started = System.nanoTime();
    while (true) {
      try {
        return action.get();
      } catch (OutOfSpaceException e) {
        numbers.refused.increment();
        if (System.nanoTime() - started > LONGEST_WAIT_NANOS) {
          throw e;
        }
        if (!pace.goesOn()) {
          return null;
        }
        LockSupport.parkNanos(this, backOff);
        backOff = Math.min(2 * backOff, LONGEST_BACK_OFF_NANOS);
      }
    }
  }
}
