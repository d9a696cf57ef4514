package dev.tidemark.storage.state;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.error.TidemarkException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * The opening of the database that is in use, and its replacement by another. A reader either waits
 * for the replacement or is waited for, so that it never meets a database which lacks what was
 * folded into the one before.
 */
final class Incarnations {
  private final ReentrantReadWriteLock replacing = new ReentrantReadWriteLock();
  private volatile Incarnation current;

  Incarnations(Incarnation first) {
    this.current = first;
  }

  /** The one in use. */
  Incarnation now() {
    return undisturbed(() -> current);
  }

  /** Runs something that uses one incarnation from its beginning to its end. */
  <T> T undisturbed(Supplier<T> work) {
    if (replacing.getReadHoldCount() > 0 || current.guard().isInside()) {
      // Whoever replaces it waits for this thread.
      return work.get();
    }
    replacing.readLock().lock();
    try {
      return work.get();
    } finally {
      replacing.readLock().unlock();
    }
  }

  /**
   * Closes the one in use, without a flush, and opens another. If that fails, nothing is in use:
   * every call is refused until another attempt succeeds. A database that lacks a part of what was
   * folded must be neither read, nor folded into: nothing would ever fill the hole.
   *
   * @param refold folds what the new one lacks
   */
  void replace(Runnable refold) {
    replacing.writeLock().lock();
    try {
      replaceNow(refold);
    } finally {
      replacing.writeLock().unlock();
    }
  }

  private void replaceNow(Runnable refold) {
    Incarnation old = current;
    Path directory = old.db().directory();
    try {
      old.abandon(() -> replaced(directory));
      current = old.again();
      refold.run();
    } catch (RuntimeException | Error failure) {
      if (current != old) {
        current.abandon(() -> replaced(directory));
        current = old;
      }
      old.guard().refuse(() -> notReplaced(directory, failure));
      throw failure;
    }
  }

  private static TidemarkException replaced(Path directory) {
    return new OutOfSpaceException(
        Problem.of("state was opened anew after a full disk")
            .with("directory", directory)
            .advise("nothing is lost: begin the scan again"));
  }

  private static TidemarkException notReplaced(Path directory, Throwable cause) {
    if (cause instanceof OutOfSpaceException) {
      return new OutOfSpaceException(
          Problem.of("state finds no room to be opened anew")
              .with("directory", directory)
              .with("cause", cause)
              .advise("free some space: it is tried again, and nothing is lost"),
          cause);
    }
    return new StoreUnusableException(
        Problem.of("state cannot be opened anew after a full disk")
            .with("directory", directory)
            .with("cause", cause)
            .advise("close the store, mend the cause, and open it again"),
        cause);
  }

  /** Refuses to close where that would wait for the thread that asks for it. */
  void requireClosable() {
    if (replacing.getReadHoldCount() > 0) {
      throw Guard.closedFromInside("state store");
    }
    now().guard().requireClosable();
  }
}
