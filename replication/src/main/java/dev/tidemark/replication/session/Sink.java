package dev.tidemark.replication.session;

import dev.tidemark.SyncWatch;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.error.OutsideInterestException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.RefusedCommitException;
import dev.tidemark.error.RefusedRunException;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.replication.v1.Commits;
import dev.tidemark.replication.v1.CutRun;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.RunBegin;
import dev.tidemark.replication.v1.StateAnswer;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.blob.BlobSource;
import dev.tidemark.storage.log.Coverage;
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
  private final Receipts receipts;
  private final Peer peer;
  private final PeerProgress progress;
  private final Signals signals;
  private final Leftovers<IncomingRun> cuts;
  private final StateTurn turn;
  private final WiderAsk wider;
  private final Runnable interestChanged;
  private final Runnable requireInterest;
  private final BlobSource later;
  private @Nullable IncomingCommits batch;
  private @Nullable Running running;
  private @Nullable VersionVector stateOffered;
  private @Nullable VersionVector behindState;
  private boolean stateAwaited;
  private final AtomicLong operations = new AtomicLong();
  private final AtomicReference<@Nullable IncomingRun> offered = new AtomicReference<>();

  /**
   * A run of which frames come.
   *
   * @param after what the store sees with it
   * @param position the sender's behind it; 0 for none
   * @param state whether it is a state
   * @param wider whether it is of keys that were asked for
   */
  private record Running(
      IncomingRun run, VersionVector after, long position, boolean state, boolean wider) {}

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
    this.peer = peer;
    this.progress = progress;
    this.signals = signals;
    this.cuts = registry.cutRuns();
    this.turn = registry.stateTurn();
    this.wider = new WiderAsk(store, peer, registry.widerTurn(), signals);
    this.interestChanged = registry::interestChanged;
    this.requireInterest = requireInterest;
    this.later = new Later(lacking);
    this.receipts = new Receipts(store, syncs);
    // An acknowledgement may have been lost with the session before.
    receipts.note(0);
  }

  /** What this session does for a store that is to hold more. */
  WiderAsk wider() {
    return wider;
  }

  /** How many commits and runs were new. */
  long operations() {
    return operations.get();
  }

  /** Takes commits, those of them that it may while another session asks for keys; whether all. */
  boolean take(Commits commits) {
    withdraw();
    IncomingCommits begun = batch == null ? new IncomingCommits(commits) : batch;
    batch = begun;
    boolean whole = checked(() -> begun.take(wider::admits, this::accept));
    progress.heard(begun.taken());
    if (whole) {
      batch = null;
      receipts.note(commits.getPosition());
      settle();
    } else {
      receipts.note(0);
    }
    return whole;
  }

  private void accept(byte[] commit) {
    accept(() -> store.accept(commit, peer.replicaId(), later));
  }

  /**
   * Takes a commit beside those that the peer sends, unless another session asks for keys; whether
   * it did. By any thread.
   */
  boolean takeBeside(byte[] commit, VersionVector upTo) {
    boolean taken =
        wider.admits(upTo)
            && wider.takeBeside(
                () -> {
                  accept(commit);
                  return true;
                });
    if (taken) {
      receipts.note(0);
    }
    return taken;
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
    told();
    stateOffered = null;
    stateAwaited = true;
    return StateAnswer.newBuilder().setVector(Frames.bytes(seen)).build();
  }

  /**
   * A run begins; what follows is {@linkplain #takePart its parts}. Not while another session asks
   * for keys and it may not be taken; whether it did.
   */
  boolean take(RunBegin begin) {
    VersionVector after = Coverage.after(Frames.coverage(begin.getCoverage()));
    if (!wider.admits(after)) {
      return false;
    }
    requireAwaited(begin);
    IncomingRun run = begin.getWider() ? keys(begin) : begun(begin);
    running = new Running(run, after, begin.getPosition(), begin.getState(), begin.getWider());
    return true;
  }

  private IncomingRun keys(RunBegin begin) {
    Interest asked = wider.answered();
    return checked(() -> IncomingRun.ofKeys(begin, asked, store, peer.replicaId(), later));
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

  /** The next frame of the run, if it may be taken; behind the last one the store takes it. */
  boolean takePart(Frame frame) {
    Running now = running;
    if (now == null) {
      throw Problem.of("no run is coming").broken();
    }
    if (!wider.admits(now.after())) {
      return false;
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
    return true;
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
      boolean isNew = accept(run::finish);
      receipts.note(now.position());
      if (now.state()) {
        turn.took();
        behindState = run.behind();
      }
      if (now.wider() && isNew) {
        wider.got();
        interestChanged.run();
      } else if (now.wider()) {
        wider.refused();
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

  private boolean accept(BooleanSupplier taking) {
    boolean isNew = checked(taking::getAsBoolean);
    operations.addAndGet(isNew ? 1 : 0);
    return isNew;
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
          isFork(e) ? Reason.FORKED : Reason.REFUSED_CONTENT,
          Problem.of(e.title()).with("refusal", message(e)),
          e);
    }
  }

  private static boolean isFork(TidemarkException e) {
    return (e instanceof RefusedCommitException commit && commit.isFork())
        || (e instanceof RefusedRunException run && run.isFork());
  }

  private static String message(TidemarkException e) {
    return String.valueOf(e.getMessage());
  }

  /**
   * The peer is told what this store has seen, and will not send that: so it is acknowledged, too,
   * whoever brought it. To be called when that is looked at.
   */
  void told() {
    receipts.note(0);
  }

  /** What survives now and was not acknowledged yet; null if nothing. */
  Receipts.@Nullable Receipt durable() {
    return receipts.next();
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
