package dev.tidemark.storage.overlay;

import dev.tidemark.engine.commit.Commit;
import dev.tidemark.storage.state.FoldBatch;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.StateStore;

/**
 * Folds commits into a state that nobody else uses, in batches of bounded size: what the folder of
 * an open store does beside its writers. The caller has made sure that the log holds them.
 */
public final class OfflineFold {
  private static final long BATCH_BYTES = 32L << 20;

  private final Overlay overlay = new Overlay();
  private final StateStore state;
  private long clock;

  /** Goes on from where a state is. */
  public OfflineFold(StateStore state) {
    this.state = state;
    this.clock = state.progress().clock();
  }

  /** Joins a commit, with its origin's row after it; true if it is time to {@link #fold}. */
  public boolean join(Commit commit, long position, OriginRow row) {
    clock = Math.max(clock, commit.header().lastStamp());
    overlay.apply(commit, position, row, clock);
    return overlay.bytes() >= BATCH_BYTES;
  }

  /** Folds all that was joined since. */
  public void fold() {
    overlay.freeze();
    for (Generation generation : overlay.frozen()) {
      try (FoldBatch batch = state.fold()) {
        generation.forEach(batch::join);
        batch.progress(generation.lastPosition(), generation.clock(), generation.rows());
        batch.commit();
      }
      overlay.retire(generation);
    }
  }
}
