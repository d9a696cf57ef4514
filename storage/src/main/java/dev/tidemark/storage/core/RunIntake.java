package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.stability.Roster;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.RefusedRunException;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.handover.News;
import dev.tidemark.storage.handover.Run;
import dev.tidemark.storage.log.FoldedSegment;
import dev.tidemark.storage.log.FoldedWriter;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.membership.MembersKey;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import org.jspecify.annotations.Nullable;

/**
 * Takes a run of another store. What of it is news is written to a segment aside first, while
 * updates go on; then, while none can, the segment is attached to the log and folded into the
 * state. From the attachment on the log has it: a crash replays it, and a failure ends all writing
 * until the store is opened again. Readers see the store as it was before the run until all of it
 * is in.
 *
 * <p>Memory: two batches of records, what a fold takes, and one record.
 */
final class RunIntake {
  /** Beside it an entry of the log has room for a piece of the cells and for the key. */
  private static final int MOST_HEAD_BYTES = Limits.MAX_COMMIT_BYTES - (3 << 20);

  private final StoreCore store;
  private final OpLog log;
  private final StateStore state;
  private final Committer committer;
  private final Reads reads;
  private final Background background;

  RunIntake(
      StoreCore store,
      OpLog log,
      StateStore state,
      Committer committer,
      Reads reads,
      Background background) {
    this.store = store;
    this.log = log;
    this.state = state;
    this.committer = committer;
    this.reads = reads;
    this.background = background;
  }

  /** What is written aside, and what it says of members. */
  private record Aside(FoldedSegment segment, Roster said) {}

  /** Takes it if anything in it is new; gives its position, or 0. */
  long take(Run run, long sender, Arrival arrival) {
    Aside aside = writeAside(run, sender, arrival);
    if (aside == null) {
      return 0;
    }
    long position = 0;
    try {
      // Most of what has to be in the state before it is folded while updates go on.
      store.foldPending();
      position = store.locked(() -> enter(aside, run.floor(), sender));
      return position;
    } finally {
      if (position == 0) {
        discard(aside.segment());
      }
    }
  }

  private @Nullable Aside writeAside(Run run, long sender, Arrival arrival) {
    if (!store.locked(() -> isNew(run, sender))) {
      return null;
    }
    // What is in memory only would pass for news.
    store.foldPending();
    // Under the write lock, where the state is not in the middle of another run.
    try (Pin pin = store.locked(() -> isNew(run, sender) ? state.pin() : null)) {
      return pin == null ? null : writeAside(run, new News(state, pin), arrival);
    }
  }

  private boolean isNew(Run run, long sender) {
    store.requireWritable();
    RunRules.checkFloor(run);
    requireWhole(run.floor());
    return committer.isNew(run.coverage(), sender);
  }

  private Aside writeAside(Run run, News news, Arrival arrival) {
    CrashPoint.RUN_ASIDE.before();
    try (FoldedWriter writer = log.folded(news.coverage(run.coverage()))) {
      RunRecords records = run.records();
      Roster said = Roster.EMPTY;
      for (RunRecord next = records.next(); next != null; next = records.next()) {
        checkSchema(next);
        checkSize(next);
        if (next.key().equals(MembersKey.KEY)) {
          said = said.join(MembersKey.roster(next.delta()));
        }
        if (news.contain(next)) {
          arrival.take(next.namespace(), next.delta());
          writer.add(next);
        }
      }
      FoldedSegment aside = writer.seal();
      CrashPoint.RUN_ASIDE.after();
      return new Aside(aside, said);
    }
  }

  /**
   * A state says nothing of what it has forgotten: who holds some of that would bring it back.
   *
   * @throws NotMemberException if this store may
   */
  private void requireWhole(Floor floor) {
    VersionVector vector = committer.vector();
    if (!floor.admits(vector)) {
      throw new NotMemberException(
          Problem.of("this store is older than what its peers have forgotten")
              .with("vector", vector)
              .with("forgotten", floor.seen())
              .advise(
                  "begin it anew under another id, and issue anew what only it has: `tidemark log"
                      + " --json` lists it"));
    }
  }

  private void checkSchema(RunRecord entry) {
    if (!state.schema().of(entry.key()).equals(entry.namespace())) {
      throw new SchemaMismatchException(
          Problem.of("run uses another schema")
              .with("key", entry.key())
              .with("theirs", entry.namespace())
              .with("ours", state.schema().of(entry.key()))
              .advise("open both stores with the same prefixes"));
    }
  }

  /** Cells come in parts, whatever their number; a head does not. */
  private static void checkSize(RunRecord entry) {
    if (entry.delta().head().length > MOST_HEAD_BYTES) {
      throw new RefusedRunException(
          Problem.of("run holds a key that is too large to be logged")
              .with("key", entry.key())
              .with("headBytes", entry.delta().head().length)
              .with("limit", MOST_HEAD_BYTES)
              .advise("a register holds too many concurrent values: set it, and try again"));
    }
  }

  private long enter(Aside run, Floor floor, long sender) {
    store.requireWritable();
    requireWhole(floor);
    FoldedSegment aside = run.segment();
    if (!committer.isNew(aside.coverage(), sender)) {
      return 0;
    }
    committer.membership().checkVouched(aside.coverage(), run.said(), sender);
    // Readers stay with the state as it is then: it must hold all, and not the half of a fold.
    committer.foldAll();
    CrashPoint.RUN_ATTACH.before();
    // What was forgotten is in nobody's log behind this one: who lacks it must not read on here.
    boolean first = committer.vector().isEmpty();
    long position = log.attach(aside, first ? floor.seen() : VersionVector.EMPTY);
    CrashPoint.RUN_ATTACH.after();
    Moments moments = reads.moments();
    moments.stay();
    try (LogCursor attached = log.cursor(position)) {
      attached.next();
      committer.enterRun(attached.coverage(), attached.records(), position);
    } catch (Throwable e) {
      // The log has all of it and the state a part: readers stay where they are, nobody writes.
      background.fail(e);
      throw e;
    }
    moments.goOn();
    store.observers().missed(position);
    return position;
  }

  /** What cannot be removed now is removed by the next open, which takes it for no segment. */
  private void discard(FoldedSegment aside) {
    try {
      log.discard(aside);
    } catch (RuntimeException leftover) {
      // The failure that led here is the one to tell.
    }
  }
}
