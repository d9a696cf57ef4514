package dev.tidemark.storage.run;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.membership.MembersKey;
import dev.tidemark.storage.state.FoldBatch;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Progress;
import dev.tidemark.storage.state.StateStore;
import java.util.Collections;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Folds a run of the log into the state, in batches of bounded size. None but the last says how far
 * the state is folded: a crash in between leaves a state that has some of the run under the
 * position before it, and that joins all of it again.
 *
 * <p>Everything before the run is folded already, and nobody else folds meanwhile. Records come in
 * the order of their namespaces and keys; several of one key in the order of the log.
 *
 * <p>Memory: a batch, which is {@value #BATCH_BYTES} bytes and one record more.
 */
public final class RunFold implements AutoCloseable {
  private static final long BATCH_BYTES = 4L << 20;

  private final StateStore state;
  private final RunEffect effect;
  private FoldBatch batch;
  private @Nullable Bytes lastKey;

  /**
   * Begins.
   *
   * @param effect what becomes of its keys
   * @param position the run's last position
   * @param clock at least the greatest stamp in the run
   */
  public RunFold(StateStore state, RunEffect effect, long position, long clock) {
    this.state = state;
    this.effect = effect;
    Progress before = state.progress();
    this.batch = state.fold();
    boolean begun = false;
    try {
      // First of all: what is newer than the clock of the state is written without a look at what
      // is there, and once a part of the run is there it may be newer still.
      batch.progress(
          before.applied(), Math.max(clock, before.clock()), Collections.emptySortedMap());
      batch.midway(position);
      commit();
      begun = true;
    } finally {
      if (!begun) {
        batch.close();
      }
    }
  }

  /** Folds all records of a run, see above. */
  public static void all(
      StateStore state,
      RunEffect effect,
      RunRecords records,
      long position,
      long clock,
      SortedMap<Long, OriginRow> rows) {
    try (RunFold fold = new RunFold(state, effect, position, clock)) {
      for (RunRecord next = records.next(); next != null; next = records.next()) {
        fold.take(next);
      }
      fold.finish(position, clock, rows);
    }
  }

  /** Takes one record. */
  public void take(RunRecord entry) {
    Bytes key = entry.key();
    // A batch does not read what is in it: the next record of a key needs the one before stored.
    boolean again = lastKey != null && lastKey.equals(key);
    if (again || batch.bytes() >= BATCH_BYTES) {
      batch.noProgress();
      commit();
    }
    switch (effect) {
      case JOINS -> batch.joinRun(entry.namespace(), key, entry.delta(), entry.part());
      case REPLACES -> batch.replaceByRun(entry.namespace(), key, entry.delta(), entry.part());
    }
    lastKey = key;
  }

  private void commit() {
    CrashPoint.RUN_BATCH.before();
    batch.commit();
    CrashPoint.RUN_BATCH.after();
    batch = state.fold();
  }

  /**
   * Ends.
   *
   * @param applied the run's last position
   * @param clock at least the greatest stamp in the run
   * @param rows of the replicas whose rows the run has changed
   */
  public void finish(long applied, long clock, SortedMap<Long, OriginRow> rows) {
    // With the last batch: a run that is folded again after a crash is held to the floor before it.
    if (state.schema().namespaces().contains(Namespace.SYSTEM)) {
      batch.floor(MembersKey.floor(state.view(Namespace.SYSTEM, MembersKey.KEY)));
    }
    batch.progress(applied, Math.max(clock, state.progress().clock()), rows);
    batch.midway(0);
    batch.commit();
  }

  /** Drops what is not committed. */
  @Override
  public void close() {
    batch.close();
  }
}
