package dev.tidemark.replication.session;

import dev.tidemark.SyncWatch;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.replication.repair.RepairChannel;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Members;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session with a peer over a link. One half takes frames and applies them, the other is the
 * only one that sends, acknowledgements first, so that nobody who applies ever waits for the peer,
 * and two ends with full links cannot wait for each other. A {@link Driver} takes their steps.
 */
public final class Session implements Link.Receiver {
  /** A peer that applies a large run reads nothing meanwhile. */
  private static final long STALL_NANOS = TimeUnit.MINUTES.toNanos(30);

  /** What is done towards the peer. */
  public enum Outbound {
    /** Its first frame is to come before anything is sent but ours. */
    HELLO,
    /** It has not said yet what it has. */
    AWAITING_PULL,
    /** It gets what it lacks, and what is new. */
    SENDING,
    /** Over. */
    ENDED
  }

  /** What is awaited from the peer. */
  public enum Inbound {
    /** Who it is. */
    AWAITING_HELLO,
    /** What this store lacks. */
    RECEIVING,
    /** Over. */
    ENDED
  }

  private final Self self;
  private final Interest interest;
  private final Registry registry;
  private final Link link;
  private final Terms terms;
  private final Consumer<LargeValue> lacking;
  private final Consumer<Session> atEnd;
  private final SyncWatch syncs;
  private final Signals signals;
  private final Inbox inbox;
  private final Negotiation negotiation;
  private final PeerProgress progress;
  private final VectorQuestions questions = new VectorQuestions();
  private final ChunkDesk chunks = new ChunkDesk();
  private final OperationsDesk operations;
  private final RepairChannel repairs;
  private final Incoming incoming;
  private final Outgoing outgoing;
  private final AtomicReference<@Nullable Members> news = new AtomicReference<>();
  private final AtomicLong sentBytes = new AtomicLong();
  private final AtomicInteger halves = new AtomicInteger(2);
  private long frames;
  private Driver.Motion motion = () -> {};

  /**
   * A session that is not started.
   *
   * @param lacking is told of large values that came without their chunks; must not wait
   * @param atEnd is told once when it has ended, on one of its threads
   */
  public Session(
      Self self,
      Registry registry,
      Link link,
      Terms terms,
      Consumer<LargeValue> lacking,
      Consumer<Session> atEnd) {
    this.self = self;
    this.interest = self.store().interest();
    this.registry = registry;
    this.link = link;
    this.terms = terms;
    this.lacking = lacking;
    this.atEnd = atEnd;
    this.signals = new Signals(terms.driver());
    this.inbox = new Inbox(signals);
    this.negotiation = new Negotiation(signals);
    this.progress = new PeerProgress(self.store(), terms.driver());
    this.operations = new OperationsDesk(terms.driver()::nanos);
    this.incoming = new Incoming(this, inbox, self, terms);
    this.outgoing = new Outgoing(this, self, terms, registry);
    this.syncs = self.store().watchSyncs(signals::raise);
    this.repairs =
        new RepairChannel(
            self.store(), terms.patience(), registry.repairs(), signals::raise, this::end);
  }

  /**
   * Begins.
   *
   * @throws SessionEndedException if no session may begin now; then this one never does
   */
  public void start() {
    boolean begun = false;
    try {
      registry.begin(
          this,
          () ->
              motion =
                  terms
                      .driver()
                      .start(
                          half(incoming::step, incoming::isReady, this::stopReading),
                          half(outgoing::step, outgoing::isReady, this::finish)));
      begun = true;
    } finally {
      if (!begun) {
        syncs.close();
      }
    }
    link.request(Bounds.FRAMES_IN_FLIGHT);
  }

  private Driver.Half half(Runnable step, BooleanSupplier isReady, Runnable atItsEnd) {
    return new Driver.Half() {
      @Override
      public boolean step() {
        return goesOn(step, atItsEnd);
      }

      @Override
      public boolean isReady() {
        return isReady.getAsBoolean();
      }
    };
  }

  private boolean goesOn(Runnable step, Runnable atItsEnd) {
    boolean goesOn = false;
    try {
      step.run();
      goesOn = true;
    } catch (SessionEndedException why) {
      end(why);
    } catch (TidemarkException | IllegalStateException e) {
      end(
          new SessionEndedException(
              Reason.LOCAL_FAILURE,
              Problem.of("store cannot go on").with("cause", String.valueOf(e.getMessage())),
              e));
    } catch (RuntimeException | Error e) {
      end(
          new SessionEndedException(
              Reason.LOCAL_FAILURE, Problem.of("session has failed").with("cause", e), e));
      throw e;
    } finally {
      if (!goesOn) {
        atItsEnd.run();
      }
    }
    return goesOn;
  }

  @Override
  public void onFrame(byte[] frame) {
    inbox.add(frame);
  }

  @Override
  public void onReady() {
    signals.raise();
  }

  @Override
  public void onClosed(String detail) {
    if (inbox.close()) {
      end(
          new SessionEndedException(
              Reason.LOST, Problem.of("connection is gone").with("detail", Frames.text(detail))));
    }
  }

  /** Ends it for a reason; the first one counts. */
  public void end(SessionEndedException why) {
    signals.end(why);
  }

  // What its reader and writer share.

  Signals signals() {
    return signals;
  }

  Negotiation negotiation() {
    return negotiation;
  }

  PeerProgress progress() {
    return progress;
  }

  VectorQuestions questions() {
    return questions;
  }

  ChunkDesk chunks() {
    return chunks;
  }

  OperationsDesk operations() {
    return operations;
  }

  /** The keys that this store holds as far as the session goes. */
  Interest interest() {
    return interest;
  }

  /** Ends it if the store holds other keys by now: another one goes on with those. */
  void requireInterest() {
    Interest now = self.store().interest();
    if (!now.equals(interest)) {
      end(
          new SessionEndedException(
              Reason.INTEREST_CHANGED,
              Problem.of("store holds other keys than it did")
                  .with("before", interest)
                  .with("now", now)));
    }
  }

  // What the reader needs.

  /** A frame was used; another may come. */
  void consumed() {
    link.request(1);
  }

  /** The same, and others may wait for what it brought. */
  void used() {
    signals.raise();
    registry.changes().signal();
    consumed();
  }

  Set<String> certifiedNames() {
    return link.certifiedNames();
  }

  /** The handshake is done, unless another session with the peer goes on. */
  void meet(Peer other) {
    negotiation.met(other);
    progress.heard(other.vector());
    registry.admit(this, other);
    repairs.peer(other.replicaId(), other.interest());
    negotiation.receiveInto(
        new Sink(
            self.store(),
            syncs,
            other,
            progress,
            signals,
            registry,
            this::requireInterest,
            lacking));
    registry.changes().signal();
  }

  void acknowledged(VersionVector survives) {
    progress.acknowledged(survives);
    registry.changes().signal();
  }

  void answered(long question, VersionVector seen) {
    questions.answered(question, seen);
    registry.changes().signal();
  }

  void members(Members told) {
    registry.members(told);
  }

  // What the writer needs.

  /** Who is there, to be told once; null if that is told. */
  @Nullable Members takeNews() {
    return news.getAndSet(null);
  }

  void send(Frame frame) {
    byte[] bytes = Frames.seal(frame, frames);
    signals.await(link::isReady, signals.nanos() + STALL_NANOS, "peer does not read");
    // Only now: where it ends while it waits, the goodbye is the next frame, and not this one.
    frames++;
    sentBytes.addAndGet(bytes.length);
    link.send(bytes);
  }

  /** By the reader, the only one that takes. */
  private void stopReading() {
    try {
      incoming.close();
    } finally {
      leave();
    }
  }

  /** By the writer, the only one that sends. */
  private void finish() {
    SessionEndedException why = signals.reason();
    inbox.clear();
    try {
      if (!inbox.isClosed() && why != null) {
        link.send(Frames.seal(Goodbyes.of(why), frames));
      }
      link.close(why == null ? "" : why.reason().name());
    } catch (RuntimeException gone) {
      // It is closed.
    } finally {
      outgoing.close();
      leave();
    }
  }

  /** By the half that is over last: what was being taken is left to the session that is next. */
  private void leave() {
    if (halves.decrementAndGet() > 0) {
      return;
    }
    negotiation.close();
    chunks.close();
    operations.close();
    repairs.close();
    syncs.close();
    registry.remove(this);
    atEnd.accept(this);
  }

  /** Waits until its halves are over, but for one that is the caller. */
  public void join() {
    motion.join();
  }

  // What others may ask.

  /**
   * Takes what the peer has logged by now; for a session on demand, and one thread.
   *
   * @param until the peer's own operation to end behind; 0 for no end
   * @return how many commits and runs were new
   * @throws SessionEndedException if the session ends before
   */
  public long pull(long until) {
    if (!terms.onDemand()) {
      throw Problem.of("session takes what comes").illegalState();
    }
    long before = negotiation.received();
    return negotiation.demand(until).operations() - before;
  }

  /** Asks the peer for a chunk; empty if it has none, or asks too much, or the session ends. */
  public CompletableFuture<Optional<byte[]>> ask(Bytes chunk) {
    CompletableFuture<Optional<byte[]>> answer = chunks.ask(chunk);
    signals.raise();
    return answer;
  }

  /** How many chunks the peer has been asked for and has not given. */
  public int chunksInFlight() {
    return chunks.asked();
  }

  /**
   * Asks the peer for a replica's commits that did not come. One question at a time: another one
   * takes the place of what was not answered, which is empty then.
   */
  public CompletableFuture<Optional<OperationsFound>> ask(OperationsQuestion question) {
    CompletableFuture<Optional<OperationsFound>> answer = operations.ask(question);
    signals.raise();
    return answer;
  }

  /**
   * What this store has to have seen before the peer goes on, and has not, for so long at least;
   * empty if nothing.
   */
  public VersionVector awaited(Duration forAtLeast) {
    return progress.awaited(forAtLeast.toNanos());
  }

  /**
   * Takes a commit that was {@linkplain #ask(OperationsQuestion) asked for}; whether it may be
   * taken now.
   *
   * @param upTo what is seen with it
   * @throws SessionEndedException if it is refused, or the session has ended
   */
  public boolean take(byte[] commit, VersionVector upTo) {
    boolean taken = negotiation.receiving().takeBeside(commit, upTo);
    if (taken) {
      registry.changes().signal();
    }
    return taken;
  }

  /** Something was taken that the peer may wait for. */
  public void wake() {
    signals.raise();
  }

  /** Asks the peer what it has seen; gives what to look for the answer with. */
  public long askVector() {
    long question = questions.ask();
    signals.raise();
    return question;
  }

  /** What the peer had seen at some moment after a question; null if it has not answered yet. */
  public @Nullable VersionVector answer(long question) {
    return questions.answer(question);
  }

  /** Tells the peer who is there, when nothing is under way before; a later word replaces it. */
  public void tell(Members word) {
    news.set(word);
    signals.raise();
  }

  /** Ends it if its peer's certificate is not trusted any more. */
  public void requireTrust() {
    if (!link.isTrusted()) {
      end(
          new SessionEndedException(
              Reason.NOT_TRUSTED, Problem.of("peer's certificate is not trusted any more")));
    }
  }

  /** Who is at the other end; null before the handshake. */
  public @Nullable Peer peer() {
    return negotiation.peer();
  }

  /** Whether this end made the connection. */
  public boolean isDialled() {
    return terms.dialled();
  }

  boolean isOnDemand() {
    return terms.onDemand();
  }

  /** Why it ended; null while it goes on. */
  public @Nullable SessionEndedException ended() {
    return signals.reason();
  }

  boolean isEnded() {
    return ended() != null;
  }

  /** The comparison of this store with the peer's. */
  public RepairChannel repairs() {
    return repairs;
  }

  /** Its state towards the peer. */
  public Outbound outbound() {
    return negotiation.outbound();
  }

  /** Its state from the peer. */
  public Inbound inbound() {
    return negotiation.inbound();
  }

  /** What survives a power loss at the peer, as far as it has told. */
  public VersionVector durable() {
    return progress.durable();
  }

  /** What the peer has seen, as far as it has told. */
  public VersionVector theirs() {
    return progress.seen();
  }

  /** By how much the peer's wall clock is ahead, in milliseconds, and the way its word took. */
  public long clockAheadMillis() {
    return progress.clockAheadMillis();
  }

  /** For how long something has been here that does not survive at the peer, in milliseconds. */
  public long lagMillis() {
    return progress.lagMillis();
  }

  /** How many operations are here that do not survive at the peer, as far as it has told. */
  public long lagOperations() {
    return progress.lagOperations();
  }

  /** How many operations the peer has seen that are not here. */
  public long behindOperations() {
    return progress.behindOperations();
  }

  /** How many commits and runs from the peer were new here. */
  public long received() {
    return negotiation.received();
  }

  /** The bytes of the frames that were sent. */
  public long sentBytes() {
    return sentBytes.get();
  }

  /** The bytes of the frames that came. */
  public long receivedBytes() {
    return inbox.bytes();
  }

  /** How many whole states the peer got. */
  public long states() {
    return outgoing.states();
  }

  /**
   * Whether the peer must have from elsewhere what this store does not hold, before it gets more.
   */
  public boolean isLacking() {
    return outgoing.isLacking();
  }

  /** The other end's address. */
  public String address() {
    return link.address();
  }
}
