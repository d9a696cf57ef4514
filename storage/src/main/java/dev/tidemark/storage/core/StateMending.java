package dev.tidemark.storage.core;

import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.overlay.Generation;
import dev.tidemark.storage.overlay.Overlay;
import dev.tidemark.storage.state.Progress;
import dev.tidemark.storage.state.StateStore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Opens the state anew when it stays failed although its disk has room again. RocksDB looks for
 * room every five seconds and mostly recovers by itself; a compaction and a flush that both met the
 * full disk leave it failed for good. What it had in memory is folded again from the log.
 */
final class StateMending {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long MOST_BYTES = 8L << 20;

  private final OpLog log;
  private final StateStore state;
  private final long replicaId;
  private final Consumer<Generation> fold;
  private long since;

  StateMending(OpLog log, StateStore state, long replicaId, Consumer<Generation> fold) {
    this.log = log;
    this.state = state;
    this.replicaId = replicaId;
    this.fold = fold;
  }

  /** The state works. */
  void rest() {
    since = 0;
  }

  /** The state has failed once more; mends it if it has had its time. */
  void attempt() {
    if (!state.isMendable()) {
      rest();
      return;
    }
    long now = System.nanoTime();
    if (since == 0) {
      since = now;
    }
    if (now - since >= PATIENCE_NANOS) {
      rest();
      long applied = state.progress().applied();
      state.reopen(() -> refold(applied));
    }
  }

  private void refold(long applied) {
    Progress progress = state.progress();
    Origins origins = new Origins(replicaId, progress.origins());
    long clock = progress.clock();
    Overlay pending = new Overlay();
    try (LogCursor cursor = log.cursor(progress.applied() + 1, applied)) {
      while (cursor.next()) {
        Commit commit = CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length());
        clock = Math.max(clock, commit.header().lastStamp());
        pending.apply(commit, cursor.position(), origins.advance(commit.header()), clock);
        if (pending.bytes() > MOST_BYTES) {
          fold(pending);
        }
      }
    }
    fold(pending);
  }

  private void fold(Overlay pending) {
    pending.freeze();
    Generation generation = pending.oldestFrozen();
    if (generation != null) {
      fold.accept(generation);
      pending.retire(generation);
    }
  }
}
