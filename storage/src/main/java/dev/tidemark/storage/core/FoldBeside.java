package dev.tidemark.storage.core;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Folds what is frozen while the thread that opens the store replays what comes behind it. What a
 * fold throws is thrown by the next call: so an open fails as if it had folded itself. Nothing that
 * a fold uses may be closed before this is.
 */
final class FoldBeside implements AutoCloseable {
  private final Workers workers;
  private final BooleanSupplier foldOldest;
  private @Nullable Worker worker;
  private volatile @Nullable Throwable failure;

  /**
   * A worker that is not there before it is needed.
   *
   * @param foldOldest folds the oldest generation that is frozen; false if none is
   */
  FoldBeside(Workers workers, BooleanSupplier foldOldest) {
    this.workers = workers;
    this.foldOldest = foldOldest;
  }

  private long round() {
    boolean more = foldOldest.getAsBoolean();
    synchronized (this) {
      notifyAll();
    }
    return more ? 0 : Worker.UNTIL_SIGNALLED;
  }

  private synchronized void fail(Throwable cause) {
    failure = cause;
    notifyAll();
  }

  /** Has it fold what is frozen. */
  void begin() {
    requireSound();
    worker().signal();
  }

  private Worker worker() {
    Worker there = worker;
    if (there == null) {
      there = workers.create("tidemark-fold", this::round, this::fail);
      worker = there;
      there.start();
    }
    return there;
  }

  /**
   * Waits until enough is folded. An open is no place to be cancelled: an interrupt is passed on
   * later.
   */
  synchronized void await(BooleanSupplier enough) {
    boolean interrupted = false;
    while (!enough.getAsBoolean()) {
      requireSound();
      if (worker().hurry()) {
        continue;
      }
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void requireSound() {
    Throwable cause = failure;
    if (cause instanceof Error error) {
      throw error;
    }
    if (cause instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /** Waits for the fold that is going on, and begins no more. */
  @Override
  public void close() {
    Worker there = worker;
    if (there != null) {
      there.stop();
    }
    requireSound();
  }
}
