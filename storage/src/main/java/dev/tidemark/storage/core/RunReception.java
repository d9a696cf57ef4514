package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.stability.Roster;
import dev.tidemark.error.Problem;
import dev.tidemark.error.RefusedRunException;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.storage.handover.Absences;
import dev.tidemark.storage.handover.News;
import dev.tidemark.storage.log.FoldedSegment;
import dev.tidemark.storage.log.FoldedWriter;
import dev.tidemark.storage.membership.MembersKey;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.state.Pin;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A run of another store on its way in. What of it is news is written aside as it comes; nothing of
 * it is shown, and a crash leaves nothing of it, before it is {@linkplain #finish finished}. It may
 * come in pieces with any time between them, updates go on meanwhile; but it holds a moment of the
 * state, the chunks of large values, and room on the disk. For one thread at a time; close it,
 * before the store.
 */
public final class RunReception implements Reception {
  /** Beside it an entry of the log has room for a piece of the cells and for the key. */
  private static final int MOST_HEAD_BYTES = Limits.MAX_COMMIT_BYTES - (3 << 20);

  private final StoreCore store;
  private final RunIntake intake;
  private final Terms terms;
  private final Arrival arrival;
  private final Pin pin;
  private final @Nullable Absences absences;
  private final News news;
  private final FoldedWriter writer;
  private Roster said = Roster.EMPTY;
  private boolean closed;

  /**
   * What a run is taken under.
   *
   * @param held the keys that this store held when the run began
   * @param floor below what the other has forgotten
   * @param sender the replica that sends it
   */
  record Terms(Interest held, Floor floor, long sender) {}

  RunReception(
      StoreCore store,
      RunIntake intake,
      Terms terms,
      Arrival arrival,
      Pin pin,
      @Nullable Absences absences,
      News news,
      FoldedWriter writer) {
    this.store = store;
    this.intake = intake;
    this.terms = terms;
    this.arrival = arrival;
    this.pin = pin;
    this.absences = absences;
    this.news = news;
    this.writer = writer;
  }

  /**
   * Takes the next record of the run.
   *
   * @throws RefusedRunException if it cannot be taken; close this
   * @throws SchemaMismatchException if it is of another schema; close this
   * @throws dev.tidemark.error.OutsideInterestException if it is of a key that is let in nowhere;
   *     close this
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room for it; close this
   */
  @Override
  public void add(RunRecord next) {
    whileOpen(
        () -> {
          checkSchema(store, next);
          checkSize(next);
          if (next.key().equals(MembersKey.KEY)) {
            said = said.join(MembersKey.roster(next.delta()));
          }
          if (store.gate().lets(next.key())) {
            if (absences == null) {
              keep(next);
            } else {
              absences.add(next, this::keep);
            }
          }
          return Boolean.TRUE;
        });
  }

  private void keep(RunRecord next) {
    if (news.contain(next)) {
      arrival.take(next.namespace(), next.delta());
      writer.add(next);
    }
  }

  /**
   * The run is whole: logs and joins what of it is news.
   *
   * @return its position here, or 0 if all of it was here already
   */
  @Override
  public long finish() {
    try {
      return whileOpen(
          () -> {
            if (absences != null) {
              absences.finish(this::keep);
            }
            VersionVector comparedWith = pin.progress().vector();
            FoldedSegment aside = writer.seal();
            // What it was compared with is not looked at any more, and would be kept beside it.
            pin.close();
            return intake.enter(aside, said, comparedWith, terms);
          });
    } finally {
      close();
    }
  }

  private <T> T whileOpen(Supplier<T> work) {
    return whileOpen(store, closed, work);
  }

  /** Takes something of a run into a store that is open, unless the run is closed. */
  static <T> T whileOpen(StoreCore store, boolean closed, Supplier<T> work) {
    if (closed) {
      throw Problem.of("run is finished or closed").advise("begin it anew").illegalState();
    }
    return store.inflow().taking(work);
  }

  static void checkSchema(StoreCore store, RunRecord entry) {
    if (!store.schema().of(entry.key()).equals(entry.namespace())) {
      throw new SchemaMismatchException(
          Problem.of("run uses another schema")
              .with("key", entry.key())
              .with("theirs", entry.namespace())
              .with("ours", store.schema().of(entry.key()))
              .advise("open both stores with the same prefixes"));
    }
  }

  /** Cells come in parts, whatever their number; a head does not. */
  static void checkSize(RunRecord entry) {
    if (entry.delta().head().length > MOST_HEAD_BYTES) {
      throw new RefusedRunException(
          Problem.of("run holds a key that is too large to be logged")
              .with("key", entry.key())
              .with("headBytes", entry.delta().head().length)
              .with("limit", MOST_HEAD_BYTES)
              .advise("a register holds too many concurrent values: set it, and try again"));
    }
  }

  /** Leaves nothing of what is not finished. Again it does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Closing.present(writer, absences, pin, arrival);
    }
  }
}
