package dev.tidemark.tools.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** How much is written, how fast, and until when; the first failure ends it for all. */
final class Pace {
  private static final double NANOS = 1e9;

  private final long commits;
  private final long nanos;
  private final double perSecond;
  private final AtomicLong taken = new AtomicLong();
  private volatile long started = System.nanoTime();
  private volatile @Nullable Throwable failure;

  /**
   * A pace; 0 stands for no bound.
   *
   * @param commits how many in all
   * @param seconds how long
   * @param perSecond how many a second
   */
  Pace(long commits, long seconds, double perSecond) {
    this.commits = commits;
    this.nanos = TimeUnit.SECONDS.toNanos(seconds);
    this.perSecond = perSecond;
  }

  /** Time counts from now: what opening a store takes is not time for writing. */
  void begin() {
    started = System.nanoTime();
  }

  /** Takes the turn for a commit, at its time; false if there is none any more. */
  boolean take() {
    if (!goesOn()) {
      return false;
    }
    long number = taken.getAndIncrement();
    if (commits > 0 && number >= commits) {
      return false;
    }
    if (perSecond > 0) {
      awaitUntil((long) (number / perSecond * NANOS));
    }
    return goesOn();
  }

  private void awaitUntil(long due) {
    for (long left = due - elapsed(); left > 0 && goesOn(); left = due - elapsed()) {
      LockSupport.parkNanos(this, Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
    }
  }

  /** Whether there is time left and nothing has failed. */
  boolean goesOn() {
    return failure == null && (nanos == 0 || elapsed() < nanos);
  }

  private long elapsed() {
    return System.nanoTime() - started;
  }

  /** Ends it. */
  synchronized void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    } else if (failure != cause) {
      failure.addSuppressed(cause);
    }
  }

  /** What ended it, or null. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** Seconds since it began. */
  double seconds() {
    return elapsed() / NANOS;
  }

  /** How much of it is done, 0 to 1; 0 if there is no bound. */
  double share() {
    if (nanos > 0) {
      return (double) elapsed() / nanos;
    }
    return commits > 0 ? (double) taken.get() / commits : 0;
  }
}
