package dev.tidemark.storage.core;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.conflict.Conflicts;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.overlay.Overlay;
import dev.tidemark.storage.run.RunEffect;
import dev.tidemark.storage.run.RunRecords;
import dev.tidemark.storage.state.FoldBatch;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.StateStore;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What goes on behind each update: folding, syncing, what the log needs for the next ones, and
 * their failure, which ends all writing.
 */
final class Background {
  private final OpLog log;
  private final Folder folder;
  private final Worker folding;
  private final Worker syncing;
  private final Worker logging;
  private final Worker paging;
  private final Runnable onProgress;
  private final Object folded = new Object();
  private volatile @Nullable Throwable failure;

  /**
   * Workers that wait to be started.
   *
   * @param workers makes them
   * @param freeze ends the active generation, so that it can be folded
   * @param onProgress is called when more is folded or synced, and on failure
   */
  Background(
      Workers workers,
      OpLog log,
      Overlay overlay,
      StateStore state,
      long replicaId,
      Options options,
      Conflicts conflicts,
      Runnable freeze,
      Runnable onProgress) {
    this.log = log;
    this.onProgress = onProgress;
    this.folder =
        new Folder(
            log,
            overlay,
            state,
            replicaId,
            conflicts,
            options.syncInterval().toNanos(),
            freeze,
            this::tellWaiting);
    this.folding = workers.create("tidemark-fold", folder, this::fail);
    this.syncing =
        workers.create(
            "tidemark-sync",
            new Syncer(log, options.syncInterval().toNanos(), onProgress),
            this::fail);
    this.logging = workers.create("tidemark-log", new LogUpkeep(log), this::fail);
    log.onUpkeepDue(logging::signal);
    this.paging =
        workers.create(
            "tidemark-pages",
            () -> {
              log.bringPagesIn();
              return Worker.UNTIL_SIGNALLED;
            },
            this::fail);
    log.onPagesDue(paging::signal);
  }

  void start() {
    folding.start();
    syncing.start();
    logging.start();
    paging.start();
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

  /** Whether nothing will be folded for now, or ever. */
  boolean isHeldUp() {
    return failure != null || folder.obstacle() != null;
  }

  /** Refuses to wait while the folder waits for room on the disk. */
  void requireRoom() {
    OutOfSpaceException full = folder.obstacle();
    if (full != null) {
      throw new OutOfSpaceException(
          Problem.of("state cannot grow on a full disk")
              .with("cause", full)
              .advise("free some space: folding, and with it writing, goes on by itself"),
          full);
    }
  }

  /** Ends all writing; the first cause is the one that is told. */
  void fail(Throwable cause) {
    synchronized (folded) {
      if (failure == null) {
        failure = cause;
      }
    }
    if (cause instanceof InternalError) {
      // A page of the log could not be had: who waits for a sync must not be told that it is safe.
      log.poison(cause);
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
        if (folding.hurry()) {
          continue;
        }
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

  /** Folds all that is frozen in the calling thread, then a run that comes behind it. */
  void foldRun(
      RunEffect effect,
      RunRecords records,
      long position,
      long clock,
      SortedMap<Long, OriginRow> rows) {
    folder.foldRun(effect, records, position, clock, rows);
  }

  /** Does something while the state is of one position, and stays so. */
  <T> T betweenFolds(Supplier<T> work) {
    return folder.betweenFolds(work);
  }

  /** Writes the state to disk; on a full disk the folder tries it again until that succeeds. */
  void flushState() {
    try {
      folder.flush();
    } finally {
      folding.signal();
    }
  }

  /** Copies the state as it is now into a directory that is not there yet. */
  void copyState(Path target) {
    try {
      folder.checkpoint(target);
    } finally {
      folding.signal();
    }
  }

  /** Puts right what the state holds of a key, while nothing is folded. */
  void correct(Consumer<FoldBatch> change) {
    folder.correct(change);
  }

  /** What folds. */
  Folder folder() {
    return folder;
  }

  /** Ends the workers, then folds what is left: the next open has nothing to replay. */
  void finish() {
    tellWaiting();
    syncing.stop();
    logging.stop();
    paging.stop();
    folding.stop();
    if (failure == null) {
      try {
        while (folder.foldOldest()) {
          // Each round folds one generation.
        }
      } catch (OutOfSpaceException full) {
        // The log has it: the next open replays what could not be folded.
      }
    }
  }
}
