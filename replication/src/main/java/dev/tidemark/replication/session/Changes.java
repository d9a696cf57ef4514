package dev.tidemark.replication.session;

import dev.tidemark.error.Problem;

/**
 * Wakes those who wait for something of any session. Its lock is taken last and holds no other.
 * Interrupts are passed on, not obeyed.
 */
public final class Changes {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private long count;
  private boolean closed;

  /** Something has changed. */
  public synchronized void signal() {
    count++;
    notifyAll();
  }

  /** How many changes there were: to be read before what is waited for is looked at. */
  public synchronized long count() {
    return count;
  }

  /**
   * Waits for a change after a count.
   *
   * @param deadline in the time of {@link System#nanoTime}
   * @return whether there was one before the deadline
   * @throws IllegalStateException if the replicator was closed
   */
  public synchronized boolean await(long before, long deadline) {
    boolean interrupted = false;
    try {
      while (count == before) {
        if (closed) {
          throw Problem.of("replicator is closed").illegalState();
        }
        long nanos = deadline - System.nanoTime();
        if (nanos <= 0) {
          return false;
        }
        try {
          wait(nanos / NANOS_PER_MILLI + 1);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      return true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
