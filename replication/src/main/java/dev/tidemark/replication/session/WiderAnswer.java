package dev.tidemark.replication.session;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.WiderRequest;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.storage.handover.PartOfRun;
import dev.tidemark.storage.handover.StateExport;
import dev.tidemark.storage.log.Coverage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a peer that is to hold more keys than it does: those, as they are when this store
 * has seen all that the peer had, in their place among what is sent. Holds a moment of the state
 * from then on. For one thread; close it.
 */
final class WiderAnswer implements AutoCloseable {
  private final Tidemark store;
  private final long peer;
  private final Interest asked;
  private final Interest held;
  private final VersionVector known;
  private final LongSupplier nanos;
  private final long patience;
  private long deadline;
  private @Nullable StateExport whole;
  private boolean awaited;
  private boolean sending;

  /**
   * An answer that is not begun.
   *
   * @param peer the replica that has asked
   * @param patience for how long this store may take to come to have seen what the peer had, and
   *     then for how long the peer to come to have seen what this store has, in nanoseconds
   */
  WiderAnswer(Tidemark store, long peer, WiderRequest request, LongSupplier nanos, long patience) {
    this.store = store;
    this.peer = peer;
    this.asked = Frames.interest(request.getInterest());
    this.held = Frames.interest(request.getHeld());
    this.known = Frames.vector(request.getVector());
    this.nanos = nanos;
    this.patience = patience;
    this.deadline = nanos.getAsLong() + patience;
  }

  /**
   * Why it will not be given, for people; null if it may be.
   *
   * @param asking whether this store asks for keys itself, so that it takes nothing which it lacks:
   *     of two that wait for each other one gives way, and so of any number
   */
  @Nullable String refusal(boolean asking) {
    if (sending) {
      return null;
    }
    if (!store.interest().covers(asked)) {
      return "this store does not hold all of these keys";
    }
    if (held.covers(asked)) {
      return "all of these keys are held";
    }
    boolean late = nanos.getAsLong() - deadline >= 0;
    if (whole != null) {
      return late ? "the other has not come to have seen what this store has" : null;
    }
    boolean gives = asking && Long.compareUnsigned(store.replicaId(), peer) < 0;
    boolean waits = !hasSeenAsMuch();
    if (waits && gives) {
      return "this store waits for keys itself";
    }
    return waits && late ? "this store has not come to have seen what the other had" : null;
  }

  private boolean hasSeenAsMuch() {
    return store.vector().dominates(known);
  }

  /** Begins it, if this store has seen as much; the moment that it holds, null for none. */
  @Nullable VersionVector begin() {
    if (whole != null || !hasSeenAsMuch()) {
      return null;
    }
    StateExport begun = store.exportAll();
    if (!begun.interest().covers(asked)) {
      // It has let go of some since it was looked at.
      begun.close();
      return null;
    }
    whole = begun;
    if (!awaited) {
      awaited = true;
      deadline = nanos.getAsLong() + patience;
    }
    return Coverage.after(begun.coverage());
  }

  /** Up to where in the log it goes; all of that comes first. */
  long position() {
    StateExport begun = whole;
    return begun == null ? Long.MAX_VALUE : begun.position();
  }

  /** Whether the peer has seen what it has, if it has seen so much, and all that it made itself. */
  boolean isKnownTo(VersionVector theirs) {
    StateExport begun = whole;
    return begun != null && theirs.dominates(Coverage.after(begun.coverage()).without(peer));
  }

  /** The keys, once it is begun: they are sent now. */
  PartOfRun keys() {
    StateExport begun = whole;
    if (begun == null) {
      throw Problem.of("answer is not begun").broken();
    }
    sending = true;
    return new PartOfRun(begun, asked, held::covers);
  }

  /** Lets go of the moment; it may be begun anew. */
  @Override
  public void close() {
    if (whole != null) {
      whole.close();
      whole = null;
    }
  }
}
