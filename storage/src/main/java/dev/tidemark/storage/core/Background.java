package dev.tidemark.storage.core;

import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.overlay.Overlay;
import dev.tidemark.storage.state.StateStore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What goes on behind a store's back: folding, syncing, and their failure, which ends all writing.
 */
final class Background {
  private final Folder folder;
  private final Worker folding;
  private final Worker syncing;
  private final Runnable onProgress;
  private final Object folded = new Object();
  private volatile @Nullable Throwable failure;

  /**
   * Workers that wait to be started.
   *
   * @param freeze ends the active generation, so that it can be folded
   * @param onProgress is called when more is folded or synced, and on failure
   */
  Background(
      OpLog log,
      Overlay overlay,
      StateStore state,
      long syncNanos,
      Runnable freeze,
      Runnable onProgress) {
    this.onProgress = onProgress;
    this.folder = new Folder(log, overlay, state, freeze, this::tellWaiting);
    this.folding = new Worker("tidemark-fold", folder, this::fail);
    this.syncing = new Worker("tidemark-sync", new Syncer(log, syncNanos, onProgress), this::fail);
  }

  void start() {
    folding.start();
    syncing.start();
  }

  /** There is more to sync and to fold. */
  void signal() {
    syncing.signal();
    folding.signal();
  }

  /** There is something to fold now: the folder may be waiting for more. */
  void wakeFolder() {
    folding.wake();
  }

  /** What ended the writing, or null. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** Ends all writing; the first cause is the one that is told. */
  void fail(Throwable cause) {
    synchronized (folded) {
      if (failure == null) {
        failure = cause;
      }
    }
    tellWaiting();
  }

  /** Wakes all who wait: something is folded, or waiting has become pointless. */
  void tellWaiting() {
    synchronized (folded) {
      folded.notifyAll();
    }
    onProgress.run();
  }

  /**
   * Waits for the folder. An update is no place to be cancelled: an interrupt is passed on later.
   *
   * @param refuse throws if there is no point in waiting any longer
   */
  void awaitFolded(BooleanSupplier enough, Runnable refuse) {
    boolean interrupted = false;
    synchronized (folded) {
      while (!enough.getAsBoolean()) {
        refuse.run();
        folding.wake();
        try {
          folded.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Folds one generation in the calling thread; false if none is frozen. */
  boolean foldOldest() {
    return folder.foldOldest();
  }

  /** Ends the workers, then folds what is left: the next open has nothing to replay. */
  void finish() {
    tellWaiting();
    syncing.stop();
    folding.stop();
    if (failure == null) {
      while (folder.foldOldest()) {
        // Each round folds one generation.
      }
    }
  }
}
