package dev.tidemark.storage.core;

import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.overlay.Generation;
import dev.tidemark.storage.overlay.Overlay;
import dev.tidemark.storage.state.FoldBatch;
import dev.tidemark.storage.state.StateStore;
import java.util.concurrent.TimeUnit;

/**
 * Folds frozen generations into the state, the oldest first, each in one batch with its position. A
 * generation is folded only when the log is synced up to its end: so the state is never ahead of
 * the log, whatever the disk forgets.
 */
final class Folder implements Worker.Duty {
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final OpLog log;
  private final Overlay overlay;
  private final StateStore state;
  private final Runnable freeze;
  private final Runnable onFolded;
  private long freezeAt;

  Folder(OpLog log, Overlay overlay, StateStore state, Runnable freeze, Runnable onFolded) {
    this.log = log;
    this.overlay = overlay;
    this.state = state;
    this.freeze = freeze;
    this.onFolded = onFolded;
  }

  @Override
  public long run() {
    if (foldOldest()) {
      return 0;
    }
    if (overlay.activeBytes() == 0) {
      freezeAt = 0;
      return Worker.UNTIL_SIGNALLED;
    }
    long now = System.nanoTime();
    if (freezeAt == 0) {
      freezeAt = now + LINGER_NANOS;
    }
    if (now < freezeAt) {
      return freezeAt - now;
    }
    freezeAt = 0;
    freeze.run();
    return 0;
  }

  /** Folds one generation; false if none is frozen. */
  synchronized boolean foldOldest() {
    Generation generation = overlay.oldestFrozen();
    if (generation == null) {
      return false;
    }
    log.awaitSynced(generation.lastPosition());
    try (FoldBatch batch = state.fold()) {
      generation.forEach(batch::join);
      batch.progress(generation.lastPosition(), generation.clock(), generation.rows());
      batch.commit();
    }
    overlay.retire(generation);
    onFolded.run();
    return true;
  }
}
