package dev.tidemark.storage.core;

import java.util.concurrent.TimeUnit;

/** Tells those who wait for large values that chunks have come. */
final class Arrivals {
  /** Who waits looks as often by himself: a value may also become another one. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private long count;

  synchronized long count() {
    return count;
  }

  synchronized void tell() {
    count++;
    notifyAll();
  }

  /** Waits for the next arrival after a count, not beyond a deadline, and not for long. */
  synchronized void await(long seen, long deadlineNanos) throws InterruptedException {
    long until = Math.min(deadlineNanos, System.nanoTime() + LOOK_NANOS);
    while (count == seen) {
      long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }
}
