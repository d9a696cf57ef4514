package dev.tidemark.storage.run;

import dev.tidemark.storage.state.FoldBatch;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.StateStore;
import java.util.Collections;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Folds a run that the log holds into the state, in batches of bounded size, which make nothing of
 * it known but the clock: only the last one says that the state holds it. So a crash in between
 * makes the run be folded again, from its beginning; what is joined twice the join does not notice.
 *
 * <p>The clock goes first because what is stamped above it is stored without a look at what is
 * there.
 */
public final class RunFold {
  /** A batch ends when it takes as much native memory. */
  private static final long BATCH_BYTES = 4L << 20;

  private final StateStore state;
  private final long clock;
  private FoldBatch batch;
  private @Nullable RunRecord last;

  private RunFold(StateStore state, long clock) {
    this.state = state;
    this.clock = clock;
    this.batch = state.fold();
  }

  /**
   * Folds a run into a state that holds all that comes before it, and that nobody else folds into
   * meanwhile.
   *
   * @param position the last log position that the run stands for
   * @param clock at least the greatest stamp of it and of all before it
   * @param rows the origins of which it holds something, with their rows after it
   */
  public static void fold(
      StateStore state,
      RunRecords records,
      long position,
      long clock,
      SortedMap<Long, OriginRow> rows) {
    RunFold fold = new RunFold(state, clock);
    try {
      for (RunRecord next = records.next(); next != null; next = records.next()) {
        fold.join(next);
      }
      fold.batch.progress(position, clock, rows);
      fold.batch.commit();
    } finally {
      fold.batch.close();
    }
  }

  private void join(RunRecord next) {
    // A batch reads what is stored, and not what it is about to store.
    RunRecord before = last;
    boolean isSameKey = before != null && before.comparePlace(next) == 0;
    if (isSameKey || batch.bytes() >= BATCH_BYTES) {
      batch.progress(state.progress().applied(), clock, Collections.emptySortedMap());
      batch.commit();
      batch = state.fold();
    }
    last = next;
    RunPart part = next.part();
    if (part.isWhole()) {
      batch.join(next.namespace(), next.key(), next.delta());
    } else {
      batch.joinPart(next.namespace(), next.key(), next.delta(), part.range(), part.isLast());
    }
  }
}
