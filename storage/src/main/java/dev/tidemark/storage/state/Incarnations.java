package dev.tidemark.storage.state;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.error.TidemarkException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.rocksdb.RocksDBException;

/**
 * The opening of the database that is in use, and its replacement by another. A reader either waits
 * for the replacement or is waited for, so that it never meets a database which lacks what was
 * folded into the one before.
 */
final class Incarnations {
  private static final long MOST_READERS_WAIT_MILLIS = 10;

  private final ReentrantReadWriteLock replacing = new ReentrantReadWriteLock();
  private volatile Incarnation current;

  Incarnations(Incarnation first) {
    this.current = first;
  }

  /** The one in use. */
  Incarnation now() {
    return undisturbed(() -> current);
  }

  /** Runs a native call on the one in use, which stays in use until that is done. */
  <T> T call(Use<T> use) {
    return undisturbed(
        () -> {
          Incarnation now = current;
          return now.guard().call(() -> use.of(now));
        });
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

  /**
   * Opens the database anew, and flushed, where it has grown beyond what it was opened for. Nobody
   * notices: while something of it is lent out, or is read for long, it stays as it is, and the
   * next call tries again. For who folds.
   */
  void fitToSize() {
    if (!undisturbed(this::isReplaceable)) {
      return;
    }
    undisturbed(
        () -> {
          current.settle();
          return true;
        });
    if (isLocked()) {
      try {
        if (isReplaceable()) {
          current.settle();
          replaceNow(() -> {});
        }
      } finally {
        replacing.writeLock().unlock();
      }
    }
  }

  private boolean isReplaceable() {
    return current.isOutgrown() && current.guard().handles() == 0;
  }

  /** Readers that come wait for those that are there, but not long. */
  private boolean isLocked() {
    try {
      return replacing.writeLock().tryLock(MOST_READERS_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
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
        Problem.of("state was opened anew")
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
        Problem.of("state cannot be opened anew")
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

  /** A native call on an incarnation. */
  @FunctionalInterface
  interface Use<T> {
    T of(Incarnation now) throws RocksDBException;
  }
}
