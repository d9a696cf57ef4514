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
import org.jspecify.annotations.Nullable;

/**
 * The answer to a peer that is to hold more keys than it does: those, as they are when this store
 * has seen all that the peer had, in their place among what is sent. Holds a moment of the state
 * from then on. For one thread; close it.
 */
final class WiderAnswer implements AutoCloseable {
  private final Tidemark store;
  private final long peer;
  private final Interest wider;
  private final Interest held;
  private final VersionVector known;
  private final long deadline;
  private @Nullable StateExport whole;

  /**
   * An answer that is not begun.
   *
   * @param peer the replica that has asked
   * @param deadline until when this store has to have seen what the peer had
   */
  WiderAnswer(Tidemark store, long peer, WiderRequest request, long deadline) {
    this.store = store;
    this.peer = peer;
    this.wider = Frames.interest(request.getInterest());
    this.held = Frames.interest(request.getHeld());
    this.known = Frames.vector(request.getVector());
    this.deadline = deadline;
  }

  /** Why it will not be given, for people; null if it may be. */
  @Nullable String refusal(long now) {
    if (!store.interest().covers(wider)) {
      return "this store does not hold all of these keys";
    }
    if (!wider.covers(held)) {
      return "less is asked for than is held";
    }
    boolean late = whole == null && !hasSeenAsMuch() && now - deadline >= 0;
    return late ? "this store has not come to have seen what the other had" : null;
  }

  private boolean hasSeenAsMuch() {
    return store.vector().dominates(known);
  }

  /** Begins it, if this store has seen as much; whether it is begun. */
  boolean begin() {
    if (whole == null && hasSeenAsMuch()) {
      whole = store.exportAll();
    }
    return whole != null;
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

  /** The keys, once it is begun. */
  PartOfRun keys() {
    StateExport begun = whole;
    if (begun == null) {
      throw Problem.of("answer is not begun").broken();
    }
    return new PartOfRun(begun, wider, held::covers);
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
