package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.stability.Roster;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.RefusedRunException;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.handover.Absences;
import dev.tidemark.storage.handover.News;
import dev.tidemark.storage.handover.Run;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.FoldedSegment;
import dev.tidemark.storage.log.FoldedWriter;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import java.util.List;
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

  /** Takes it if anything in it is new; gives its position, or 0. */
  long take(Run run, long sender, Arrival arrival) {
    try (RunReception reception =
        begin(run.coverage(), run.floor(), run.interest(), sender, arrival)) {
      if (reception == null) {
        return 0;
      }
      RunRecords records = run.records();
      for (RunRecord next = records.next(); next != null; next = records.next()) {
        reception.add(next);
      }
      return reception.finish();
    }
  }

  /** Begins to take a run if anything in it is new, or gives null; closes the arrival then. */
  @Nullable RunReception begin(
      List<OriginCoverage> coverage, Floor floor, Interest interest, long sender, Arrival arrival) {
    RunReception.Terms terms = new RunReception.Terms(store.interest(), floor, sender);
    Pin pin = null;
    Absences absences = null;
    boolean begun = false;
    try {
      requireWholeFor(interest, terms.held());
      pin = moment(coverage, floor, sender);
      if (pin == null) {
        return null;
      }
      absences = absences(pin, terms);
      CrashPoint.RUN_ASIDE.before();
      News news = new News(state, pin);
      FoldedWriter writer = log.folded(news.coverage(coverage));
      begun = true;
      return new RunReception(store, this, terms, arrival, pin, absences, news, writer);
    } finally {
      if (!begun) {
        arrival.close();
        Closing.present(absences, pin);
      }
    }
  }

  /** What the state has to be completed with for this store; null if it holds nothing of that. */
  private @Nullable Absences absences(Pin pin, RunReception.Terms terms) {
    Floor floor = terms.floor();
    return store.locked(() -> floor.admits(committer.vector()))
        ? null
        : new Absences(state, pin, terms.held(), floor, store.locked(committer.membership()::told));
  }

  private static void requireWholeFor(Interest interest, Interest held) {
    if (!interest.covers(held)) {
      throw new RefusedRunException(
          Problem.of("run withholds what this store holds")
              .with("interest", interest)
              .with("held", held)
              .advise("take it from a store that holds all of these keys"));
    }
  }

  /** What this store knows already; null if that is all. */
  private @Nullable Pin moment(List<OriginCoverage> coverage, Floor floor, long sender) {
    if (!store.locked(() -> isNew(coverage, floor, sender))) {
      return null;
    }
    // What is in memory only would pass for news.
    store.foldPending();
    // Under the write lock, where the state is not in the middle of another run.
    return store.locked(() -> isNew(coverage, floor, sender) ? state.pin() : null);
  }

  private boolean isNew(List<OriginCoverage> coverage, Floor floor, long sender) {
    store.requireWritable();
    RunRules.checkFloor(coverage, floor);
    requireNothingAlone(coverage, floor);
    return committer.isNew(coverage, sender);
  }

  /**
   * Takes what was written aside; gives its position, or 0 if none of it is new any more.
   *
   * @param comparedWith what had been seen at the moment that the run was compared with
   */
  long enter(
      FoldedSegment aside, Roster said, VersionVector comparedWith, RunReception.Terms terms) {
    CrashPoint.RUN_ASIDE.after();
    long position = 0;
    try {
      // Most of what has to be in the state before it is folded while updates go on.
      store.foldPending();
      position = store.locked(() -> enterLocked(aside, said, comparedWith, terms));
      store.signal();
      return position;
    } finally {
      if (position == 0) {
        discard(aside);
      }
    }
  }

  /**
   * A state says nothing of what it has forgotten: who holds some of that would bring it back. It
   * is known what that is where all that is held is in the state's past.
   *
   * @throws NotMemberException if this store has seen neither what was forgotten nor only that
   */
  private void requireNothingAlone(List<OriginCoverage> coverage, Floor floor) {
    VersionVector vector = committer.vector();
    boolean isItsPast =
        coverage.stream().allMatch(of -> of.before() == 0)
            && Coverage.after(coverage).dominates(vector);
    if (!floor.admits(vector) && !isItsPast) {
      throw new NotMemberException(
          Problem.of("this store is older than what its peers have forgotten")
              .with("vector", vector)
              .with("forgotten", floor.seen())
              .advise(
                  "begin it anew under another id, and issue anew what only it has: `tidemark log"
                      + " --json` lists it"));
    }
  }

  /**
   * What came while a state was received was not looked at when it was completed.
   *
   * @throws RefusedRunException if there is any, and it may be what the state has forgotten
   */
  private void requireComplete(Floor floor, VersionVector comparedWith) {
    VersionVector vector = committer.vector();
    if (!floor.admits(vector) && !vector.equals(comparedWith)) {
      throw new RefusedRunException(
          Problem.of("store has gone on while it took a state that has forgotten")
              .with("vector", vector)
              .with("before", comparedWith)
              .advise("the state is to be sent again"));
    }
  }

  /** What was left out as not held would be missing. */
  private void requireStillHolding(Interest held) {
    if (!store.interest().equals(held)) {
      throw new RefusedRunException(
          Problem.of("store came to hold other keys while a run was on its way")
              .with("before", held)
              .with("held", store.interest())
              .advise("the run is to be sent again"));
    }
  }

  private long enterLocked(
      FoldedSegment aside, Roster said, VersionVector comparedWith, RunReception.Terms terms) {
    store.requireWritable();
    if (!committer.isNew(aside.coverage(), terms.sender())) {
      return 0;
    }
    requireStillHolding(terms.held());
    requireComplete(terms.floor(), comparedWith);
    committer.membership().check(aside.coverage(), said, terms.sender());
    // What was forgotten is in nobody's log behind this one: who lacks it must not read on here.
    VersionVector forgotten = terms.floor().seen();
    boolean hasSeen = committer.vector().dominates(forgotten);
    return attach(aside, hasSeen ? VersionVector.EMPTY : forgotten, VersionVector.EMPTY);
  }

  /**
   * Makes it the newest segment of the log and folds it; gives its position. Under the write lock.
   *
   * @param cut what whoever reads the log must have seen
   * @param bare what whoever is to have all keys that are held must have seen
   */
  long attach(FoldedSegment aside, VersionVector cut, VersionVector bare) {
    // Readers stay with the state as it is then: it must hold all, and not the half of a fold.
    committer.foldAll();
    CrashPoint.RUN_ATTACH.before();
    long position = log.attach(aside, cut, bare);
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
  void discard(FoldedSegment aside) {
    try {
      log.discard(aside);
    } catch (RuntimeException leftover) {
      // The failure that led here is the one to tell.
    }
  }
}
