package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.Problem;
import dev.tidemark.error.RefusedRunException;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.handover.PartOfRun;
import dev.tidemark.storage.handover.Run;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.FoldedSegment;
import dev.tidemark.storage.log.FoldedWriter;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import dev.tidemark.storage.state.StateStore;
import java.util.List;

/**
 * Takes of a whole state the keys that a store does not hold and is to hold, where the other has
 * seen the same as this store: less, and what this store has counted and not got would be missing
 * for ever; more, and the keys would be ahead of the rest. They are written aside while updates go
 * on, attached to the log as a run of no operations, since all of these are counted here, and
 * folded; then the store says that it holds them. A crash before that leaves one that has them and
 * does not hold them, and gets them again.
 *
 * <p>What others read of the log from before they would read without these keys. So the log is cut
 * for all who have not seen the same: they get the state. What this store made itself is not cut,
 * since it may be whole nowhere else.
 *
 * <p>Memory: one record, and what a fold takes.
 */
final class Widening {
  private final StoreCore store;
  private final OpLog log;
  private final StateStore state;
  private final Committer committer;
  private final RunIntake runs;

  Widening(StoreCore store, OpLog log, StateStore state, Committer committer, RunIntake runs) {
    this.store = store;
    this.log = log;
    this.state = state;
    this.committer = committer;
    this.runs = runs;
  }

  /**
   * Takes them; whether they are held now.
   *
   * @param whole what the other has
   * @param wider all that is to be held
   * @throws IllegalArgumentException if that is less than what is held
   * @throws RefusedRunException if the other does not hold all of it, or something was forgotten
   */
  boolean take(Run whole, Interest wider, long sender, Arrival arrival) {
    Interest held = store.interest();
    requireWider(held, wider);
    requireWhole(whole, wider);
    if (!store.locked(() -> hasSeenTheSame(whole, sender))) {
      return false;
    }
    CrashPoint.RUN_ASIDE.before();
    FoldedSegment aside;
    try (FoldedWriter writer = log.folded(List.of())) {
      RunRecords records = new PartOfRun(whole, wider, held::covers).records();
      for (RunRecord next = records.next(); next != null; next = records.next()) {
        RunReception.checkSchema(store, next);
        RunReception.checkSize(next);
        arrival.take(next.namespace(), next.delta());
        writer.add(next);
      }
      aside = writer.seal();
    }
    CrashPoint.RUN_ASIDE.after();
    return enter(aside, held, wider, whole, sender);
  }

  private boolean enter(
      FoldedSegment aside, Interest held, Interest wider, Run whole, long sender) {
    boolean entered = false;
    try {
      // Most of what has to be in the state before it is folded while updates go on.
      store.foldPending();
      entered =
          store.locked(
              () -> {
                boolean same = store.interest().equals(held) && hasSeenTheSame(whole, sender);
                if (same) {
                  attach(aside, wider);
                }
                return same;
              });
      return entered;
    } finally {
      if (!entered) {
        runs.discard(aside);
      }
    }
  }

  private void attach(FoldedSegment aside, Interest wider) {
    runs.attach(aside, committer.vector().without(store.replicaId()));
    state.hold(wider);
    store.gate().widened(wider);
  }

  private boolean hasSeenTheSame(Run whole, long sender) {
    store.requireWritable();
    requireNothingForgotten(whole.floor());
    List<OriginCoverage> theirs = whole.coverage();
    VersionVector seen = Coverage.after(theirs);
    return !committer.isNew(theirs, sender) && seen.dominates(committer.vector());
  }

  /** What lies below a floor and is not held counts as forgotten, as these keys would. */
  private void requireNothingForgotten(Floor theirs) {
    Floor floor = committer.membership().told().join(theirs);
    if (!floor.isNone()) {
      throw new RefusedRunException(
          Problem.of("keys cannot be added where something was forgotten")
              .with("forgotten", floor.seen())
              .advise("begin the store anew with all keys that it is to hold"));
    }
  }

  private static void requireWider(Interest held, Interest wider) {
    if (!wider.covers(held)) {
      throw Problem.of("interest does not cover what the store holds")
          .with("asked", wider)
          .with("held", held)
          .advise("ask for both; it is made smaller when the store is opened")
          .illegalArgument();
    }
  }

  private static void requireWhole(Run whole, Interest wider) {
    if (!whole.interest().covers(wider)) {
      throw new RefusedRunException(
          Problem.of("state withholds what this store is to hold")
              .with("interest", whole.interest())
              .with("asked", wider)
              .advise("take it from a store that holds all of these keys"));
    }
  }
}
