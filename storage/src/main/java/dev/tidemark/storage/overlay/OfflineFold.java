package dev.tidemark.storage.overlay;

import dev.tidemark.engine.commit.Commit;
import dev.tidemark.storage.run.RunEffect;
import dev.tidemark.storage.run.RunFold;
import dev.tidemark.storage.run.RunRecords;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.StateStore;
import java.util.SortedMap;

/**
 * Folds commits into a state that nobody else folds into, in batches of bounded size: what the
 * folder of an open store does beside its writers. The caller has made sure that the log holds
 * them.
 */
public final class OfflineFold {
  /** Enough for large batches where nothing else takes memory. */
  public static final long ALONE_BYTES = 32L << 20;

  private final Overlay overlay = new Overlay();
  private final StateStore state;
  private final long batchBytes;
  private long clock;

  /**
   * Goes on from where a state is.
   *
   * @param batchBytes about how much heap a batch may take
   */
  public OfflineFold(StateStore state, long batchBytes) {
    this.state = state;
    this.batchBytes = batchBytes;
    this.clock = state.progress().clock();
  }

  /** Joins a commit, with its origin's row after it; true if it is time to {@link #fold}. */
  public boolean join(Commit commit, long position, OriginRow row) {
    clock = Math.max(clock, commit.header().lastStamp());
    overlay.apply(commit, position, null, row, clock);
    return overlay.bytes() >= batchBytes;
  }

  /** Folds all that was joined since, then a run, with its origins' rows after it. */
  public void takeRun(
      RunEffect effect, RunRecords records, long position, SortedMap<Long, OriginRow> rows) {
    fold();
    for (OriginRow row : rows.values()) {
      clock = Math.max(clock, row.lastStamp());
    }
    RunFold.all(state, effect, records, position, clock, rows);
  }

  /** Folds all that was joined since. */
  public void fold() {
    overlay.freeze();
    for (Generation generation : overlay.frozen()) {
      generation.foldInto(state);
      overlay.retire(generation);
    }
  }
}
