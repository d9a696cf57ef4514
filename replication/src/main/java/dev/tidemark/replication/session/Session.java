package dev.tidemark.replication.session;

import dev.tidemark.SyncWatch;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.replication.repair.RepairChannel;
import dev.tidemark.replication.v1.Hello;
import dev.tidemark.replication.v1.Members;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session with a peer over a link. One half takes frames and applies them, the other is the
 * only one that sends, acknowledgements first, so that nobody who applies ever waits for the peer,
 * and two ends with full links cannot wait for each other. A {@link Driver} takes their steps.
 */
public final class Session implements Link.Receiver {
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
  private final Registry registry;
  private final Link link;
  private final Terms terms;
  private final Consumer<LargeValue> lacking;
  private final Consumer<Session> atEnd;
  private final SyncWatch syncs;
  private final Signals signals;
  private final Inbox inbox;
  private final Outbox outbox;
  private final Dialogue dialogue;
  private final Negotiation negotiation;
  private final PeerProgress progress;
  private final Incoming incoming;
  private final Outgoing outgoing;
  private final AtomicInteger halves = new AtomicInteger(2);
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
    this.registry = registry;
    this.link = link;
    this.terms = terms;
    this.lacking = lacking;
    this.atEnd = atEnd;
    this.signals = new Signals(terms.driver());
    this.inbox = new Inbox(link::request, signals);
    this.outbox = new Outbox(link, signals);
    this.dialogue = new Dialogue(self, registry, terms, signals);
    this.negotiation = dialogue.negotiation();
    this.progress = dialogue.progress();
    this.incoming = new Incoming(this, dialogue, inbox, self, terms, registry);
    this.outgoing = new Outgoing(dialogue, outbox, self, terms, registry);
    this.syncs = self.store().watchSyncs(signals::raise);
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
    inbox.open();
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

  /** The handshake is done, unless another session with the peer goes on. */
  void meet(Hello hello) {
    Set<String> certified = link.certifiedNames();
    Peer other = Handshake.check(hello, self, certified);
    negotiation.met(other);
    progress.heard(other.vector());
    registry.admit(this, other, certified);
    Handshake.checkNotForked(hello, self);
    dialogue.repairs().peer(other.replicaId(), other.interest());
    negotiation.receiveInto(
        new Sink(
            self.store(),
            syncs,
            other,
            progress,
            signals,
            registry,
            dialogue::requireInterest,
            lacking));
    registry.changes().signal();
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
      outbox.close(outgoing.introduction(why), why, inbox.isClosed());
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
    dialogue.close();
    syncs.close();
    registry.remove(this);
    atEnd.accept(this);
  }

  /** Waits until its halves are over, but for one that is the caller. */
  public void join() {
    motion.join();
  }

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
    CompletableFuture<Optional<byte[]>> answer = dialogue.chunks().ask(chunk);
    signals.raise();
    return answer;
  }

  /** How many chunks the peer has been asked for and has not given. */
  public int chunksInFlight() {
    return dialogue.chunks().asked();
  }

  /**
   * Asks the peer for a replica's commits that did not come. One question at a time: another one
   * takes the place of what was not answered, which is empty then.
   */
  public CompletableFuture<Optional<OperationsFound>> ask(OperationsQuestion question) {
    CompletableFuture<Optional<OperationsFound>> answer = dialogue.operations().ask(question);
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
    long question = dialogue.questions().ask();
    signals.raise();
    return question;
  }

  /** What the peer had seen at some moment after a question; null if it has not answered yet. */
  public @Nullable VersionVector answer(long question) {
    return dialogue.questions().answer(question);
  }

  /** Tells the peer who is there, when nothing is under way before; a later word replaces it. */
  public void tell(Members word) {
    dialogue.tell(word);
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

  /** Whether it takes only what it is told to {@linkplain #pull take}. */
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
    return dialogue.repairs();
  }

  /** Ends it if the store holds other keys than when it began. */
  void requireInterest() {
    dialogue.requireInterest();
  }

  /** Its state from the peer. */
  public Inbound inbound() {
    return negotiation.inbound();
  }

  /** What survives a power loss at the peer, as far as it has told. */
  public VersionVector durable() {
    return progress.durable();
  }

  /** The other end's address. */
  public String address() {
    return link.address();
  }

  /** How it is. */
  public SessionStatus status() {
    Peer peer = peer();
    return new SessionStatus(
        peer == null ? "" : peer.name(),
        peer == null ? 0 : peer.replicaId(),
        address(),
        isDialled(),
        negotiation.outbound(),
        inbound(),
        durable(),
        progress.lagOperations(),
        progress.lagMillis(),
        progress.behindOperations(),
        progress.clockAheadMillis(),
        outbox.bytes(),
        inbox.bytes(),
        negotiation.received(),
        outgoing.states(),
        peer == null ? Interest.ALL : peer.interest(),
        outgoing.isLacking());
  }
}
