package dev.tidemark.replication.session;

import dev.tidemark.error.Problem;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the halves of a session wait on: that something has changed, or that the session has ended.
 * Thread-safe; a condition is looked at with its lock held, so whoever changes what a condition
 * reads lets go of locks of its own before it raises a signal.
 */
final class Signals {
  private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final Driver driver;
  private long count;
  private @Nullable SessionEndedException end;

  Signals(Driver driver) {
    this.driver = driver;
  }

  /** Something has changed. */
  synchronized void raise() {
    count++;
    notifyAll();
  }

  /** How many signals there were: to be read before what is waited for is looked at. */
  synchronized long count() {
    return count;
  }

  /** It is over for a reason; the first one counts. */
  synchronized void end(SessionEndedException why) {
    if (end == null) {
      end = why;
      notifyAll();
    }
  }

  /** Why it is over; null while it goes on. */
  synchronized @Nullable SessionEndedException reason() {
    return end;
  }

  /** Throws why it is over, if it is. */
  synchronized void requireOpen() {
    SessionEndedException why = end;
    if (why != null) {
      throw why;
    }
  }

  /** The time in which deadlines are, in nanoseconds. */
  long nanos() {
    return driver.nanos();
  }

  /**
   * Whether there was a signal after those that were counted, or it is over, or a time has come.
   */
  synchronized boolean isAfter(long before, long deadline) {
    return count != before || isDue(deadline);
  }

  /** Whether it is over, or a time has come. */
  synchronized boolean isDue(long deadline) {
    return end != null || driver.nanos() - deadline >= 0;
  }

  /** Waits for a signal after those that were counted, or until a time. */
  void awaitAfter(long before, long deadline) {
    while (!isAfter(before, deadline)) {
      // The time may come in between, and none would be no limit.
      pause(() -> count != before, Math.max(1, deadline - driver.nanos()));
    }
    requireOpen();
  }

  /** Waits until something is so. */
  void await(BooleanSupplier so) {
    while (!isSo(so)) {
      requireOpen();
      pause(so, 0);
    }
    requireOpen();
  }

  /** The same, no longer than until a time; then the session is over for what is said. */
  void await(BooleanSupplier so, long deadline, String otherwise) {
    while (!isSo(so)) {
      requireOpen();
      long left = deadline - driver.nanos();
      if (left <= 0) {
        throw new SessionEndedException(Reason.TIMEOUT, Problem.of(otherwise));
      }
      pause(so, left);
    }
    requireOpen();
  }

  private synchronized boolean isSo(BooleanSupplier so) {
    return so.getAsBoolean();
  }

  private void pause(BooleanSupplier so, long nanos) {
    long millis = nanos == 0 ? 0 : nanos / NANOS_PER_MILLI + 1;
    driver.await(this, () -> end != null || so.getAsBoolean(), millis);
  }
}
