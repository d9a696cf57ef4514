package dev.tidemark.replication.session;

import java.util.function.BooleanSupplier;

/**
 * What moves sessions on, and the time they live in: threads and the system's clocks, or the one
 * thread and the clock of a simulation.
 */
public interface Driver {
  /** One of the two directions of a session. For one thread at a time. */
  interface Half {
    /** Takes one step, and waits if there is none to take; false once it is over. */
    boolean step();

    /** Whether a step would not begin by waiting. */
    boolean isReady();
  }

  /** Steps that are being taken. */
  @FunctionalInterface
  interface Motion {
    /** Waits until both halves are over, but for one that is the caller. */
    void join();
  }

  /** Nanoseconds since some moment, as {@link System#nanoTime}. */
  long nanos();

  /** The wall clock, in milliseconds since 1970. */
  long millis();

  /** Begins to take the steps of both halves, until each is over. */
  Motion start(Half reading, Half writing);

  /**
   * Waits until something is so, or a time is over, or shorter: whoever calls looks again at what
   * it waits for.
   *
   * @param lock not held by the caller; what changes anything holds and notifies it
   * @param so is looked at with the lock held
   * @param millis 0 for any time
   */
  void await(Object lock, BooleanSupplier so, long millis);
}
