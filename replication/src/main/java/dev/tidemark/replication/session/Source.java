package dev.tidemark.replication.session;

import dev.tidemark.Outflow;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.Commits;
import dev.tidemark.replication.v1.CutRun;
import dev.tidemark.replication.v1.Decision;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Pull;
import dev.tidemark.replication.v1.StateOffer;
import dev.tidemark.replication.v1.Waiting;
import dev.tidemark.replication.v1.WiderMoment;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.handover.Run;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.OriginCoverage;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a store sends to one peer: what that has not seen, in the order of the log. What was sent
 * counts as seen for this session; the next one asks the peer again. For one thread.
 */
final class Source implements Leftovers.Leftover {
  private final Tidemark store;
  private final Interest wanted;
  private final Outflow outflow;
  private final long own;
  private Consumer<Frame.Builder> out;
  private Supplier<VersionVector> seen;
  private CutRun cut;
  private VersionVector theirs;
  private VersionVector waitingFor = VersionVector.EMPTY;
  private long ownReached;
  private boolean exhausted;
  private boolean inState;
  private @Nullable OutgoingRun sending;
  private @Nullable WiderAnswer wider;
  private @Nullable OutgoingRun keys;
  private Offer offer = Offer.NONE;
  private long states;

  private enum Offer {
    NONE,
    MADE,
    ANSWERED
  }

  /**
   * Begins to send: the decision first.
   *
   * @param wanted what the peer is interested in
   * @param seen what the peer has by now, as far as it has told
   * @param out sends a frame, and waits until there is room for it
   */
  Source(
      Tidemark store,
      Interest wanted,
      Pull pull,
      Supplier<VersionVector> seen,
      Consumer<Frame.Builder> out) {
    this.store = store;
    this.wanted = wanted;
    this.theirs = Frames.vector(pull.getVector());
    this.cut = pull.getCut();
    this.seen = seen;
    this.out = out;
    this.own = store.replicaId();
    // Up to an operation, what lies before it counts, and what the peer has does not tell that.
    this.outflow =
        pull.getOnce()
            ? new Outflow(store, wanted, () -> this.theirs)
            : new Outflow(store, wanted, () -> this.theirs, pull.getReached());
    decide();
  }

  private void decide() {
    Decision.Need need =
        switch (Outflow.need(store, wanted, theirs)) {
          case UP_TO_DATE -> Decision.Need.UP_TO_DATE;
          case SEGMENTS -> Decision.Need.SEGMENTS;
          case SNAPSHOT -> Decision.Need.SNAPSHOT;
          case PART -> Decision.Need.PART;
        };
    out.accept(Frame.newBuilder().setDecision(Decision.newBuilder().setNeed(need)));
  }

  /** Whether it stands in the middle of a state, whose moment it holds. */
  boolean isInState() {
    return inState;
  }

  /** Whether a peer asks for the rest of the state in whose middle this stands. */
  boolean isAskedFor(Interest theirs, Pull pull) {
    return inState
        && theirs.equals(wanted)
        && pull.hasCut()
        && Frames.bytes(outflow.run().coverage()).equals(pull.getCut().getCoverage());
  }

  /** Goes on in another session, in which the peer has told anew what it has. */
  void goOn(Pull pull, Supplier<VersionVector> seenNow, Consumer<Frame.Builder> anew) {
    seen = seenNow;
    out = anew;
    theirs = Frames.vector(pull.getVector());
    cut = pull.getCut();
    sending = null;
    endWider();
    offer = Offer.NONE;
    decide();
  }

  /** Whether it waits until the peer has from elsewhere what this store does not hold. */
  boolean isLacking() {
    return outflow.isLacking();
  }

  /**
   * Has keys sent that the peer has asked for: they come behind what is logged up to them and
   * before what follows; whether all of them are sent.
   */
  boolean isGiven(WiderAnswer answer) {
    boolean given = wider == answer && keys != null && keys.isSent();
    VersionVector moment = given ? null : answer.begin();
    if (moment != null) {
      wider = answer;
      WiderMoment told = WiderMoment.newBuilder().setVector(Frames.bytes(moment)).build();
      out.accept(Frame.newBuilder().setWiderMoment(told));
    }
    return given;
  }

  /** No keys are sent to the peer, or no more. */
  void endWider() {
    wider = null;
    keys = null;
  }

  /** Sends a frame of the keys, if all is sent that comes before them; whether it is their turn. */
  private boolean sendKeys(WiderAnswer answer) {
    OutgoingRun begun = keys;
    if (begun == null) {
      boolean more = outflow.next();
      if (more && !isBehind(answer)) {
        return false;
      }
      if (!answer.isKnownTo(theirs)) {
        if (more) {
          // What comes next goes over it: it is begun anew behind that.
          answer.close();
          wider = null;
        }
        return false;
      }
      begun = OutgoingRun.ofKeys(answer.keys(), out);
      keys = begun;
    }
    if (!begun.isSent()) {
      begun.sendNext();
    }
    return true;
  }

  /** Whether what is offered next was logged behind an answer. */
  private boolean isBehind(@Nullable WiderAnswer answer) {
    return answer != null && outflow.position() > answer.position();
  }

  /** How many whole states were sent. */
  long states() {
    return states;
  }

  /** Whether the last call sent nothing because nothing further is synced. */
  boolean isExhausted() {
    return exhausted;
  }

  /** The peer has so much, from wherever. */
  void know(VersionVector more) {
    theirs = Frames.join(theirs, more);
  }

  /**
   * Sends what there is, at most one batch or frame of a run; false if nothing further is synced.
   *
   * @param until this store's own operation to end behind, and before what it had not seen when it
   *     made it; what was folded together with it, and a state, is sent as a whole
   */
  boolean send(long until) {
    // What others have sent it meanwhile does not go over the wire again.
    theirs = theirs.join(seen.get());
    if (sending != null) {
      goOn(sending);
      return true;
    }
    WiderAnswer answer = wider;
    if (answer != null && sendKeys(answer)) {
      return true;
    }
    ByteWriter batch = new ByteWriter();
    long position = 0;
    while (ownReached < until && outflow.next() && outflow.kind() == Outflow.Kind.COMMIT) {
      CommitHeader header = outflow.header();
      boolean isOwn = header.origin() == own;
      if (isBehind(wider) || (isOwn && header.firstSequence() > until)) {
        // The next call finds the same, and sends what comes before it, or ends.
        break;
      }
      if (header.lastSequence() > theirs.get(header.origin())) {
        byte[] commit = outflow.bytes();
        if (batch.length() > 0 && batch.length() + commit.length > Bounds.BATCH_BYTES) {
          break;
        }
        batch.varint(commit.length).raw(commit, 0, commit.length);
        theirs = theirs.with(header.origin(), header.lastSequence());
      }
      position = outflow.position();
      ownReached = isOwn ? header.lastSequence() : ownReached;
      outflow.taken();
      if (batch.length() >= Bounds.BATCH_BYTES) {
        break;
      }
    }
    if (position > 0) {
      sendCommits(batch, position);
      return true;
    }
    exhausted = ownReached < until && !outflow.next();
    if (exhausted && outflow.isLacking()) {
      return tellWaiting();
    }
    return ownReached < until
        && !exhausted
        && outflow.kind() != Outflow.Kind.COMMIT
        && sendRun(until);
  }

  /** Tells the peer what it must have seen before it gets more, once; whether that was now. */
  private boolean tellWaiting() {
    VersionVector awaited = outflow.awaited();
    if (awaited.equals(waitingFor)) {
      return false;
    }
    waitingFor = awaited;
    Waiting told = Waiting.newBuilder().setVector(Frames.bytes(awaited)).build();
    out.accept(Frame.newBuilder().setWaiting(told));
    return true;
  }

  private void sendCommits(ByteWriter batch, long position) {
    out.accept(
        Frame.newBuilder()
            .setCommits(
                Commits.newBuilder()
                    .setPayload(Payloads.pack(batch.buffer(), batch.length()))
                    .setPosition(position)));
  }

  private boolean sendRun(long until) {
    Run run = outflow.run();
    boolean state = outflow.kind() == Outflow.Kind.STATE;
    List<OriginCoverage> coverage = run.coverage();
    OriginCoverage ours = own(coverage);
    if (!state && ours != null && ours.before() >= until) {
      return false;
    }
    if (state) {
      if (!isStateWanted()) {
        return false;
      }
      offer = Offer.NONE;
      if (Outflow.need(store, wanted, theirs) != Outflow.Need.SNAPSHOT) {
        // It got another's meanwhile, and the log reaches what it lacks now.
        inState = false;
        outflow.refused();
        return true;
      }
    }
    if (theirs.dominates(Coverage.after(coverage))) {
      taken(coverage);
    } else {
      OutgoingRun begun =
          new OutgoingRun(run, outflow.position(), state ? store::vector : null, cut, out);
      sending = begun;
      inState = state;
      goOn(begun);
    }
    return true;
  }

  private void goOn(OutgoingRun run) {
    if (run.sendNext()) {
      return;
    }
    sending = null;
    states += inState ? 1 : 0;
    inState = false;
    List<OriginCoverage> coverage = outflow.run().coverage();
    theirs = theirs.join(Coverage.after(coverage));
    taken(coverage);
  }

  private void taken(List<OriginCoverage> coverage) {
    OriginCoverage ours = own(coverage);
    ownReached = ours == null ? ownReached : Math.max(ownReached, ours.after());
    outflow.taken();
  }

  /** Whether a state may be sent now: offered first, since the peer takes one at a time. */
  private boolean isStateWanted() {
    if (offer == Offer.NONE) {
      offer = Offer.MADE;
      StateOffer it = StateOffer.newBuilder().setCut(Frames.bytes(outflow.cut())).build();
      out.accept(Frame.newBuilder().setStateOffer(it));
    }
    return offer == Offer.ANSWERED;
  }

  /** The peer is ready for the state, and has told what it has by now. */
  void stateAnswered() {
    if (offer != Offer.MADE) {
      throw new SessionEndedException(
          Reason.UNEXPECTED_FRAME, Problem.of("peer answers an offer that was not made"));
    }
    offer = Offer.ANSWERED;
  }

  /** Whether nothing is sent until the peer is ready for the state. */
  boolean isAwaitingAnswer() {
    return offer == Offer.MADE;
  }

  private @Nullable OriginCoverage own(List<OriginCoverage> coverage) {
    for (OriginCoverage of : coverage) {
      if (of.origin() == own) {
        return of;
      }
    }
    return null;
  }

  @Override
  public void close() {
    outflow.close();
  }
}
