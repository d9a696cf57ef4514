package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.Problem;
import dev.tidemark.error.RefusedRunException;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.handover.Displaced;
import dev.tidemark.storage.handover.KeysOffer;
import dev.tidemark.storage.log.FoldedSegment;
import dev.tidemark.storage.log.FoldedWriter;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keys that a store does not hold and is to hold, on their way in from one who has seen the same of
 * them: less, and what this store has counted and not got would be missing for ever; more, and the
 * keys would be ahead of the rest. They are written aside while updates go on, attached to the log
 * as a run of no operations, since all of these are counted here, and folded; then the store says
 * that it holds them. A crash before that leaves one that has them and does not hold them, and gets
 * them again.
 *
 * <p>They take the place of what this store has of such keys, of its own updates and of a time when
 * it held them: all that is in it the other has seen. So no floor speaks of them, here or when the
 * log is folded again, and what the other has forgotten does not come back.
 *
 * <p>What others read of the log from before they would read without these keys. So the log is cut
 * for those who have not seen the same and are to have no keys but such as this store holds: they
 * get the state. Others stop at each commit that lacks what they are to have, and would get no
 * state. What this store made itself is not cut, since it may be whole nowhere else.
 *
 * <p>Memory: one record, and what a fold takes. For one thread at a time; close it, before the
 * store.
 */
public final class Widening implements Reception {
  private final StoreCore store;
  private final Parts parts;
  private final KeysOffer offer;
  private final Step step;
  private final long sender;
  private final Arrival arrival;
  private final Pin pin;
  private final Displaced displaced;
  private final FoldedWriter writer;
  private boolean closed;

  /** What of a store it works with. */
  record Parts(OpLog log, StateStore state, Committer committer, RunIntake runs) {}

  /** What the store holds, and what it comes to hold. */
  private record Step(Interest held, Interest wider) {
    boolean isNew(Bytes key) {
      return wider.covers(key) && !held.covers(key);
    }
  }

  private Widening(
      StoreCore store,
      Parts parts,
      KeysOffer offer,
      Step step,
      long sender,
      Arrival arrival,
      Pin pin,
      Displaced displaced,
      FoldedWriter writer) {
    this.store = store;
    this.parts = parts;
    this.offer = offer;
    this.step = step;
    this.sender = sender;
    this.arrival = arrival;
    this.pin = pin;
    this.displaced = displaced;
    this.writer = writer;
  }

  /**
   * Begins to take them, or gives null if the other has not seen the same; closes the arrival then.
   *
   * @throws IllegalArgumentException if they and what is held make more parts than an interest has
   * @throws RefusedRunException if the other does not hold all of them, or has forgotten more
   */
  static @Nullable Widening begin(
      StoreCore store, Parts parts, KeysOffer offer, long sender, Arrival arrival) {
    Pin pin = null;
    Displaced displaced = null;
    boolean begun = false;
    try {
      Interest held = store.interest();
      Step step = new Step(held, held.union(offer.keys()));
      requireWhole(offer);
      if (!store.locked(() -> hasSeenTheSame(store, parts, offer, sender))) {
        return null;
      }
      // What is in memory only would not be displaced.
      store.foldPending();
      pin = store.locked(parts.state()::pin);
      displaced = new Displaced(parts.state(), pin, step::isNew);
      CrashPoint.RUN_ASIDE.before();
      FoldedWriter writer = parts.log().folded(List.of());
      begun = true;
      return new Widening(store, parts, offer, step, sender, arrival, pin, displaced, writer);
    } finally {
      if (!begun) {
        Closing.present(displaced, pin, arrival);
      }
    }
  }

  @Override
  public void add(RunRecord next) {
    whileOpen(
        () -> {
          requireAskedFor(next);
          RunReception.checkSchema(store, next);
          RunReception.checkSize(next);
          arrival.take(next.namespace(), next.delta());
          displaced.before(next, writer::add);
          writer.add(next);
          return Boolean.TRUE;
        });
  }

  /** All have come: takes them, if both have still seen the same; gives their position, or 0. */
  @Override
  public long finish() {
    try {
      return whileOpen(
          () -> {
            displaced.rest(writer::add);
            FoldedSegment aside = writer.seal();
            CrashPoint.RUN_ASIDE.after();
            return enter(aside);
          });
    } finally {
      close();
    }
  }

  private <T> T whileOpen(Supplier<T> work) {
    return RunReception.whileOpen(store, closed, work);
  }

  private long enter(FoldedSegment aside) {
    long position = 0;
    try {
      // Most of what has to be in the state before it is folded while updates go on.
      store.foldPending();
      position = store.locked(() -> enterLocked(aside));
      store.signal();
      return position;
    } finally {
      if (position == 0) {
        parts.runs().discard(aside);
      }
    }
  }

  private long enterLocked(FoldedSegment aside) {
    boolean same =
        store.interest().equals(step.held()) && hasSeenTheSame(store, parts, offer, sender);
    if (!same) {
      return 0;
    }
    long position =
        parts
            .runs()
            .attach(
                aside, VersionVector.EMPTY, parts.committer().vector().without(store.replicaId()));
    parts.committer().writeDown(step.wider());
    store.gate().widened(step.wider());
    return position;
  }

  private static boolean hasSeenTheSame(
      StoreCore store, Parts parts, KeysOffer offer, long sender) {
    store.requireWritable();
    Committer committer = parts.committer();
    // Of one that was retired nothing is taken that a peer has been told not to wait for.
    boolean same =
        !committer.membership().isForsaken(sender)
            && committer.hasSeenAsMuch(offer.coverage(), sender);
    if (same) {
      requireKnown(offer.floor(), committer.membership().told());
    }
    return same;
  }

  /** Who has seen no more cannot have forgotten more. */
  private static void requireKnown(Floor theirs, Floor told) {
    if (!told.join(theirs).equals(told)) {
      throw new RefusedRunException(
          Problem.of("keys come from one who has forgotten more than members have said")
              .with("forgotten", theirs.seen())
              .with("told", told.seen())
              .advise("do not take anything from who sends them"));
    }
  }

  private void requireAskedFor(RunRecord next) {
    if (!step.isNew(next.key())) {
      throw new RefusedRunException(
          Problem.of("key was not asked for")
              .with("key", next.key())
              .with("asked", offer.keys())
              .with("held", step.held())
              .advise("do not take anything from who sends it"));
    }
  }

  private static void requireWhole(KeysOffer offer) {
    if (!offer.interest().covers(offer.keys())) {
      throw new RefusedRunException(
          Problem.of("state withholds what this store is to hold")
              .with("interest", offer.interest())
              .with("asked", offer.keys())
              .advise("take it from a store that holds all of these keys"));
    }
  }

  /** Leaves nothing of what is not finished. Again it does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Closing.present(writer, displaced, pin, arrival);
    }
  }
}
