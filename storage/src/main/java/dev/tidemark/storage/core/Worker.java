package dev.tidemark.storage.core;

/** Does one duty behind a store's back, round after round. */
public interface Worker {
  /** Nothing to do until somebody signals. */
  long UNTIL_SIGNALLED = Long.MAX_VALUE;

  /** One round of work. */
  @FunctionalInterface
  interface Duty {
    /** Works; gives the nanoseconds until it wants to work again, 0 for at once. */
    long run();
  }

  /** Begins to work. */
  void start();

  /** Wakes the worker if it waits for a signal: cheap enough for every commit. */
  void signal();

  /** Wakes the worker whatever it waits for. */
  void wake();

  /** Wakes the worker for somebody who waits; true if it has worked by now, and not meanwhile. */
  boolean hurry();

  /** Ends the worker after its current round and waits for that. */
  void stop();
}
