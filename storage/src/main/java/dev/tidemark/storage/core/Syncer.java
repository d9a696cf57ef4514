package dev.tidemark.storage.core;

import dev.tidemark.storage.log.OpLog;

/** Forces the log in the background, at most one interval after a commit. */
final class Syncer implements Worker.Duty {
  private final OpLog log;
  private final long intervalNanos;
  private final Runnable onSynced;
  private long deadline;
  private long told;
  private boolean isMarked = true;

  Syncer(OpLog log, long intervalNanos, Runnable onSynced) {
    this.log = log;
    this.intervalNanos = intervalNanos;
    this.onSynced = onSynced;
  }

  @Override
  public long run() {
    long synced = log.syncedPosition();
    if (synced > told) {
      // Whoever synced: a sealed segment, or a caller that waited for it.
      told = synced;
      onSynced.run();
    }
    boolean isSynced = log.appendedPosition() == synced;
    if (isSynced && isMarked) {
      deadline = 0;
      return Worker.UNTIL_SIGNALLED;
    }
    long now = System.nanoTime();
    if (deadline == 0) {
      deadline = now + intervalNanos;
    }
    if (now < deadline) {
      return deadline - now;
    }
    // The durable mark trails the log by a round: one round more, and an idle store has it on disk.
    isMarked = isSynced;
    log.sync();
    deadline = 0;
    return 0;
  }
}
