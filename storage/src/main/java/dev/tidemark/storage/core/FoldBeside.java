package dev.tidemark.storage.core;

import org.jspecify.annotations.Nullable;

/**
 * Folds one generation at a time in a thread of its own, while the thread that opens the store
 * replays what comes behind it. What a fold throws is thrown by the next call: so an open fails as
 * if it had folded itself. Nothing that a fold uses may be closed before this is.
 */
final class FoldBeside implements AutoCloseable {
  private final Runnable foldOldest;
  private @Nullable Fold running;

  /**
   * A thread that is not there yet.
   *
   * @param foldOldest folds the oldest generation that is frozen, if one is
   */
  FoldBeside(Runnable foldOldest) {
    this.foldOldest = foldOldest;
  }

  private static final class Fold extends Thread {
    private final Runnable work;
    private @Nullable Throwable failure;

    Fold(Runnable work) {
      super("tidemark-fold");
      setDaemon(true);
      this.work = work;
    }

    @Override
    public void run() {
      try {
        work.run();
      } catch (Throwable e) {
        failure = e;
      }
    }
  }

  /** Begins to fold the oldest generation, unless one is being folded. */
  void begin() {
    Fold last = running;
    if (last == null || !last.isAlive()) {
      await();
      Fold next = new Fold(foldOldest);
      running = next;
      next.start();
    }
  }

  /** Waits until nothing is being folded. An open is no place to be cancelled. */
  void await() {
    Fold last = running;
    running = null;
    if (last == null) {
      return;
    }
    boolean interrupted = false;
    while (last.isAlive()) {
      try {
        last.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (last.failure instanceof Error error) {
      throw error;
    }
    if (last.failure instanceof RuntimeException failure) {
      throw failure;
    }
  }

  @Override
  public void close() {
    await();
  }
}
