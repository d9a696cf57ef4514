package dev.tidemark.replication.session;

import dev.tidemark.SyncWatch;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.error.OutsideInterestException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.RefusedCommitException;
import dev.tidemark.error.RefusedRunException;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.replication.v1.Ack;
import dev.tidemark.replication.v1.Commits;
import dev.tidemark.replication.v1.CutRun;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.RunBegin;
import dev.tidemark.replication.v1.StateAnswer;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.blob.BlobSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a store takes from one peer, and what of it survives a power loss. */
final class Sink implements AutoCloseable {
  /** Of a session that ends for one of these, the next may go on with what came. */
  private static final Set<Reason> CUTS =
      Set.of(Reason.LOST, Reason.TIMEOUT, Reason.LEAVING, Reason.DUPLICATE_SESSION);

  private final Tidemark store;
  private final SyncWatch syncs;
  private final Peer peer;
  private final PeerProgress progress;
  private final Signals signals;
  private final Leftovers<IncomingRun> cuts;
  private final StateTurn turn;
  private final WiderAsk wider;
  private final Runnable interestChanged;
  private final Runnable requireInterest;
  private final BlobSource later;
  private final boolean mayBeWaitedFor;
  private @Nullable Running running;
  private @Nullable Taken taken;
  private VersionVector told = VersionVector.EMPTY;
  private @Nullable VersionVector stateOffered;
  private @Nullable VersionVector behindState;
  private boolean stateAwaited;
  private final AtomicLong operations = new AtomicLong();
  private final AtomicReference<@Nullable IncomingRun> offered = new AtomicReference<>();

  /** What this store had seen when it had the sender's log up to a position. */
  private record Taken(VersionVector seen, long ownPosition, long theirPosition) {}

  /**
   * A run of which frames come.
   *
   * @param position the sender's behind it; 0 for none
   * @param state whether it is a state
   * @param wider whether it is of keys that were asked for
   */
  private record Running(IncomingRun run, long position, boolean state, boolean wider) {}

  /** What survives. */
  record Durable(Ack ack, long theirPosition, VersionVector seen) {}

  /**
   * What a store takes.
   *
   * @param progress what the peer has: what it sends, among it
   * @param registry where runs are left that are cut off, and who else takes a state
   * @param requireInterest ends the session if the store holds other keys than it has told
   * @param lacking is told of large values whose chunks are not here: nothing waits for them
   */
  Sink(
      Tidemark store,
      SyncWatch syncs,
      Peer peer,
      PeerProgress progress,
      Signals signals,
      Registry registry,
      Runnable requireInterest,
      Consumer<LargeValue> lacking) {
    this.store = store;
    this.syncs = syncs;
    this.peer = peer;
    this.progress = progress;
    this.signals = signals;
    this.cuts = registry.cutRuns();
    this.turn = registry.stateTurn();
    this.wider = new WiderAsk(store, peer, registry.widerTurn(), signals);
    this.interestChanged = registry::interestChanged;
    this.requireInterest = requireInterest;
    this.later = new Later(lacking);
    // What the peer does not hold this store has to get from others first, before it is sent more.
    this.mayBeWaitedFor = !peer.interest().covers(store.interest());
    // An acknowledgement may have been lost with the session before.
    note(0);
  }

  /** What this session does for a store that is to hold more. */
  WiderAsk wider() {
    return wider;
  }

  /** How many commits and runs were new. */
  long operations() {
    return operations.get();
  }

  void take(Commits commits) {
    withdraw();
    byte[] plain = Payloads.unpack(commits.getPayload());
    ByteReader in = new ByteReader(plain);
    VersionVector sent = VersionVector.EMPTY;
    while (in.remaining() > 0) {
      byte[] commit = Frames.checked(() -> in.bytes("commit bytes", Limits.MAX_COMMIT_BYTES));
      accept(() -> store.accept(commit, peer.replicaId(), later));
      CommitHeader header = CommitCodec.decodeHeader(new ByteReader(commit));
      sent = sent.with(header.origin(), header.lastSequence());
    }
    progress.heard(sent);
    note(commits.getPosition());
    settle();
  }

  /** The turn ends with all that the peer had behind its state, or with a log that needs none. */
  private void settle() {
    VersionVector behind = behindState;
    if (behind == null) {
      turn.release(signals);
    } else if (store.vector().dominates(behind)) {
      behindState = null;
      turn.settle(signals);
    }
  }

  /**
   * The peer has its state for this store, and waits until it is wanted.
   *
   * @param cut what its log does not hold
   */
  synchronized void offeredState(VersionVector cut) {
    if (stateOffered != null) {
      throw new SessionEndedException(
          Reason.UNEXPECTED_FRAME, Problem.of("peer offers its state twice"));
    }
    stateOffered = cut;
  }

  /**
   * What to tell a peer that has offered its state: when its log reaches what is lacking, or when
   * it is its turn; null for nothing yet.
   */
  synchronized @Nullable StateAnswer stateAnswer() {
    VersionVector cut = stateOffered;
    if (cut == null) {
      return null;
    }
    VersionVector seen = store.vector();
    if (!seen.dominates(cut) && !turn.take(signals)) {
      return null;
    }
    stateOffered = null;
    stateAwaited = true;
    return StateAnswer.newBuilder().setVector(Frames.bytes(seen)).build();
  }

  /** A run begins; what follows is {@linkplain #takePart its parts}. */
  void take(RunBegin begin) {
    requireAwaited(begin);
    IncomingRun run = begin.getWider() ? keys(begin) : begun(begin);
    running = new Running(run, begin.getPosition(), begin.getState(), begin.getWider());
  }

  private IncomingRun keys(RunBegin begin) {
    Interest wanted = wider.answered();
    return checked(() -> IncomingRun.ofKeys(begin, wanted, store, peer.replicaId(), later));
  }

  /** One that comes unasked would come beside another's. */
  private synchronized void requireAwaited(RunBegin begin) {
    if (begin.getState() && (begin.getWider() || !stateAwaited)) {
      throw new SessionEndedException(
          Reason.UNEXPECTED_FRAME, Problem.of("peer sends a state that is not awaited"));
    }
    stateAwaited &= !begin.getState();
  }

  /** Whether a run is coming. */
  boolean isInRun() {
    return running != null;
  }

  /** The next frame of the run; behind the last one the store takes it. */
  void takePart(Frame frame) {
    Running now = running;
    if (now == null) {
      throw Problem.of("no run is coming").broken();
    }
    boolean goesOn = false;
    try {
      goesOn = take(now, frame);
    } finally {
      if (!goesOn) {
        end(now);
      }
    }
    if (!goesOn) {
      settle();
    }
  }

  private boolean take(Running now, Frame frame) {
    IncomingRun run = now.run();
    turn.brought(signals, frame.getSerializedSize());
    wider.brought(frame.getSerializedSize());
    checked(
        () -> {
          run.take(frame);
          return false;
        });
    if (run.isEnded()) {
      accept(run::finish);
      note(now.position());
      if (now.state()) {
        turn.took();
        behindState = run.behind();
      }
      if (now.wider()) {
        wider.over();
        interestChanged.run();
      }
    }
    return !run.isEnded();
  }

  private void end(Running now) {
    running = null;
    now.run().close();
  }

  /** No more frames come: the next session may go on with the run of which some did. */
  void cutOff() {
    Running now = running;
    if (now == null) {
      return;
    }
    SessionEndedException why = signals.reason();
    if (now.run().isWanted() && why != null && CUTS.contains(why.reason())) {
      running = null;
      cuts.leave(peer.log(), now.run());
    } else {
      end(now);
    }
  }

  /** What the peer is told that this store has of a run of its; null if nothing. */
  @Nullable CutRun offer() {
    IncomingRun left = cuts.take(peer.log());
    if (left == null) {
      return null;
    }
    offered.set(left);
    return left.cut();
  }

  /** The peer sends something else than the rest of the run that it was told of. */
  void withdraw() {
    IncomingRun left = offered.getAndSet(null);
    if (left != null) {
      left.close();
    }
  }

  private IncomingRun begun(RunBegin begin) {
    if (begin.getSkipped() == 0) {
      withdraw();
      return checked(() -> new IncomingRun(begin, store, peer.replicaId(), later));
    }
    IncomingRun left = offered.getAndSet(null);
    if (left == null || !left.isContinuedBy(begin)) {
      if (left != null) {
        left.close();
      }
      throw new SessionEndedException(
          Reason.UNEXPECTED_FRAME,
          Problem.of("run goes on where this store has nothing of it")
              .with("skipped", begin.getSkipped()));
    }
    return left;
  }

  /** Leaves to the next session what the peer did not come to. */
  @Override
  public void close() {
    turn.release(signals);
    wider.close();
    IncomingRun left = offered.getAndSet(null);
    if (left != null) {
      cuts.leave(peer.log(), left);
    }
  }

  private void accept(BooleanSupplier taking) {
    if (checked(taking::getAsBoolean)) {
      operations.incrementAndGet();
    }
  }

  private <T> T checked(Supplier<T> taking) {
    try {
      return taking.get();
    } catch (RefusedCommitException
        | RefusedRunException
        | NotMemberException
        | OutsideInterestException
        | SchemaMismatchException
        | MalformedException e) {
      // What was right for the keys that the store has told may be too little by now.
      requireInterest.run();
      signals.requireOpen();
      throw new SessionEndedException(
          Reason.REFUSED_CONTENT, Problem.of(e.title()).with("refusal", message(e)), e);
    }
  }

  private static String message(TidemarkException e) {
    return String.valueOf(e.getMessage());
  }

  private void note(long theirPosition) {
    Taken now = now(theirPosition);
    synchronized (this) {
      taken = now;
    }
  }

  /** 0 stands for no position of theirs. */
  private Taken now(long theirPosition) {
    // In this order: what is seen is logged at or below the position.
    VersionVector seen = store.vector();
    return new Taken(seen, syncs.appendedPosition(), theirPosition);
  }

  /**
   * What survives now and was not acknowledged yet; null if nothing. A peer that may wait for what
   * comes from others is told of that, too: a heartbeat would come late, and while this end has
   * data to send, never.
   */
  @Nullable Durable durable() {
    Taken fromOthers = mayBeWaitedFor ? now(0) : null;
    synchronized (this) {
      if (taken == null && fromOthers != null && !fromOthers.seen().equals(told)) {
        taken = fromOthers;
      }
      return acknowledgement();
    }
  }

  private @Nullable Durable acknowledgement() {
    Taken last = taken;
    if (last == null || syncs.syncedPosition() < last.ownPosition()) {
      return null;
    }
    taken = null;
    told = last.seen();
    Ack ack =
        Ack.newBuilder()
            .setVector(Frames.bytes(last.seen()))
            .setPosition(last.theirPosition())
            .build();
    return new Durable(ack, last.theirPosition(), last.seen());
  }

  /** Has nothing, and notes what is lacking: who applies never waits for a chunk. */
  private record Later(Consumer<LargeValue> lacking) implements BlobSource {
    @Override
    public Optional<byte[]> chunk(Bytes hash) {
      return Optional.empty();
    }

    @Override
    public void lacks(LargeValue value) {
      lacking.accept(value);
    }
  }
}
