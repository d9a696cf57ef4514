package dev.tidemark.storage.blob;

import java.util.TreeSet;

/** The visits that are open, in the order in which they began. */
final class Visits {
  /** How often one who waits looks whether it should go on waiting. */
  private static final long LOOK_MILLIS = 10;

  private final TreeSet<Long> open = new TreeSet<>();
  private long next;

  /** A visit begins; gives its number. */
  synchronized long begin() {
    open.add(next);
    return next++;
  }

  /** A visit ends. */
  synchronized void end(long number) {
    open.remove(number);
    notifyAll();
  }

  /** The number of the next visit to begin. */
  synchronized long next() {
    return next;
  }

  /** How many are open that began before one. */
  synchronized int openBefore(long number) {
    return open.headSet(number).size();
  }

  /**
   * Waits until all have ended that began before one.
   *
   * @param pace is run now and then; may throw to end the waiting
   * @return false if it took longer than the given time
   */
  boolean awaitBefore(long number, long patienceNanos, Runnable pace) {
    long begin = System.nanoTime();
    while (true) {
      pace.run();
      synchronized (this) {
        if (openBefore(number) == 0) {
          return true;
        }
        if (System.nanoTime() - begin >= patienceNanos) {
          return false;
        }
        try {
          wait(LOOK_MILLIS);
        } catch (InterruptedException e) {
          // Asked to stop, not told that they have ended.
          Thread.currentThread().interrupt();
          return false;
        }
      }
    }
  }
}
