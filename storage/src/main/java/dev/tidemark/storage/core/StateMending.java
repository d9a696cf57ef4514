package dev.tidemark.storage.core;

import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.overlay.OfflineFold;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.StateStore;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;

/**
 * Opens the state anew when it stays failed although its disk has room again. RocksDB looks for
 * room every five seconds and mostly recovers by itself; a compaction and a flush that both met the
 * full disk leave it failed for good. What it had in memory is folded again from the log.
 *
 * <p>If the disk fills up again meanwhile, the state is of no use until a later attempt succeeds:
 * reads are refused too, since what they would give is older than what was given before.
 */
final class StateMending {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** The overlay may be full meanwhile. */
  private static final long BATCH_BYTES = 8L << 20;

  private final OpLog log;
  private final StateStore state;
  private final long replicaId;
  private long since;

  StateMending(OpLog log, StateStore state, long replicaId) {
    this.log = log;
    this.state = state;
    this.replicaId = replicaId;
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
    Origins origins = new Origins(replicaId, state.progress().origins());
    OfflineFold fold = new OfflineFold(state, BATCH_BYTES);
    try (LogCursor cursor = log.cursor(state.progress().applied() + 1, applied)) {
      while (cursor.next()) {
        if (cursor.isRun()) {
          SortedMap<Long, OriginRow> rows = origins.behind(cursor.coverage());
          fold.takeRun(cursor.effect(), cursor.records(), cursor.position(), rows);
          origins.advance(rows);
          continue;
        }
        Commit commit = CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length());
        if (fold.join(commit, cursor.position(), origins.advance(commit.header()))) {
          fold.fold();
        }
      }
    }
    fold.fold();
  }
}
