package dev.tidemark.replication.session;

import dev.tidemark.error.Problem;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the threads of a session wait on: that something has changed, or that the session has ended.
 * Thread-safe; a condition is looked at with its lock held, so whoever changes what a condition
 * reads lets go of locks of its own before it raises a signal.
 */
final class Signals {
  private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private long count;
  private @Nullable SessionEndedException end;

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

  /** Waits for a signal after those that were counted, or until a time. */
  synchronized void awaitAfter(long before, long deadline) {
    while (count == before && System.nanoTime() - deadline < 0) {
      requireOpen();
      waitOnce(Math.max(1, (deadline - System.nanoTime()) / NANOS_PER_MILLI));
    }
    requireOpen();
  }

  /** Waits until something is so. */
  synchronized void await(BooleanSupplier so) {
    while (!so.getAsBoolean()) {
      requireOpen();
      waitOnce(0);
    }
    requireOpen();
  }

  /** The same, no longer than so many nanoseconds; then the session is over for what is said. */
  synchronized void await(BooleanSupplier so, long nanos, String otherwise) {
    long deadline = System.nanoTime() + nanos;
    while (!so.getAsBoolean()) {
      requireOpen();
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new SessionEndedException(Reason.TIMEOUT, Problem.of(otherwise));
      }
      waitOnce(left / NANOS_PER_MILLI + 1);
    }
    requireOpen();
  }

  /** Whoever calls looks again at what it waits for. */
  @SuppressWarnings("WaitNotInLoop")
  private void waitOnce(long millis) {
    try {
      wait(millis);
    } catch (InterruptedException e) {
      // Nobody interrupts these threads: an interrupt while the store works would close its files.
      throw new SessionEndedException(Reason.LOCAL_FAILURE, Problem.of("interrupted"), e);
    }
  }
}
