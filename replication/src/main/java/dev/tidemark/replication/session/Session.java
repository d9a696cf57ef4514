package dev.tidemark.replication.session;

import dev.tidemark.SyncWatch;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.replication.repair.RepairChannel;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Goodbye;
import dev.tidemark.replication.v1.Pull;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One session with a peer over a link. A reader thread takes frames and applies them; a writer
 * thread is the only one that sends, acknowledgements first, so that no thread that applies ever
 * waits for the peer, and two ends with full links cannot wait for each other.
 *
 * <p>Towards the peer: {@code HELLO -> AWAITING_PULL -> SENDING}; from it: {@code AWAITING_HELLO ->
 * RECEIVING}; both end in {@code ENDED}.
 */
public final class Session implements Link.Receiver {
  private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

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
  private final Registry registry;
  private final Link link;
  private final Terms terms;
  private final Consumer<LargeValue> lacking;
  private final Consumer<Session> atEnd;
  private final SyncWatch syncs;
  private final Incoming incoming;
  private final Outgoing outgoing;
  private final ChunkDesk chunks = new ChunkDesk();
  private final RepairChannel repairs;
  private final Lag lag = new Lag();
  private final Deque<byte[]> inbox = new ArrayDeque<>();
  private final Thread reader;
  private final Thread writer;

  private Outbound outbound = Outbound.HELLO;
  private Inbound inbound = Inbound.AWAITING_HELLO;
  private @Nullable Peer peer;
  private @Nullable Sink sink;
  private @Nullable Pull asked;
  private @Nullable Long demand;
  private long caught;
  private VersionVector durable = VersionVector.EMPTY;
  private VersionVector theirs = VersionVector.EMPTY;
  private long clockAheadMillis;
  private final VectorQuestions questions = new VectorQuestions();
  private @Nullable SessionEndedException end;
  private boolean linkClosed;
  private long signals;
  private long sentBytes;
  private long receivedBytes;

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
    this.incoming = new Incoming(this, self, terms);
    this.outgoing = new Outgoing(this, self, terms, registry);
    this.syncs = self.store().watchSyncs(this::onReady);
    this.repairs =
        new RepairChannel(
            self.store(), terms.patience(), registry.repairs(), this::onReady, this::end);
    this.reader = thread("tidemark-replication-reader", incoming::run);
    this.writer = thread("tidemark-replication-writer", outgoing::run);
  }

  private Thread thread(String name, Runnable body) {
    Thread thread = new Thread(() -> guarded(body), name);
    thread.setDaemon(true);
    return thread;
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
          () -> {
            reader.start();
            writer.start();
          });
      begun = true;
    } finally {
      if (!begun) {
        syncs.close();
      }
    }
    link.request(Bounds.FRAMES_IN_FLIGHT);
  }

  @Override
  public synchronized void onFrame(byte[] frame) {
    if (inbox.size() >= Bounds.FRAMES_IN_FLIGHT) {
      throw Problem.of("link gives more frames than were asked for").broken();
    }
    inbox.add(frame);
    receivedBytes += frame.length;
    notifyAll();
  }

  @Override
  public synchronized void onReady() {
    signals++;
    notifyAll();
  }

  @Override
  public synchronized void onClosed(String detail) {
    linkClosed = true;
    notifyAll();
    if (inbox.isEmpty()) {
      end(
          new SessionEndedException(
              Reason.LOST, Problem.of("connection is gone").with("detail", Frames.text(detail))));
    }
  }

  /** Ends it for a reason; the first one counts. */
  public synchronized void end(SessionEndedException why) {
    if (end == null) {
      end = why;
      notifyAll();
    }
  }

  // What the reader needs.

  /** The next frame; waits for it no longer than so many nanoseconds. */
  synchronized byte[] take(long nanos) {
    long deadline = System.nanoTime() + nanos;
    while (inbox.isEmpty()) {
      if (linkClosed) {
        end(new SessionEndedException(Reason.LOST, Problem.of("connection is gone")));
      }
      await(deadline, "peer is silent");
    }
    return inbox.remove();
  }

  /** A frame was used; another may come. */
  void consumed() {
    link.request(1);
  }

  Set<String> certifiedNames() {
    return link.certifiedNames();
  }

  /** The handshake is done, unless another session with the peer goes on. */
  void meet(Peer other, Supplier<Frame> runFrames) {
    synchronized (this) {
      peer = other;
      theirs = other.vector();
    }
    registry.admit(this, other);
    repairs.peer(other.replicaId());
    synchronized (this) {
      sink = new Sink(self.store(), syncs, other.replicaId(), runFrames, lacking);
      inbound = Inbound.RECEIVING;
      onReady();
    }
    registry.changes().signal();
  }

  synchronized Sink receiving() {
    Sink to = sink;
    if (to == null) {
      throw Problem.of("session has no peer yet").broken();
    }
    return to;
  }

  /** The peer asks for what it lacks: once for good, or again when it has got it. */
  synchronized void asked(Pull pull) {
    if (asked != null || (outbound == Outbound.SENDING && !pull.getOnce())) {
      throw new SessionEndedException(
          Reason.UNEXPECTED_FRAME, Problem.of("peer asks before it has got what it asked for"));
    }
    asked = pull;
  }

  synchronized void acknowledged(VersionVector survives) {
    durable = Frames.join(durable, survives);
    theirs = Frames.join(theirs, durable);
    lag.reached(durable);
    registry.changes().signal();
  }

  VectorQuestions questions() {
    return questions;
  }

  void answered(long question, VersionVector seen) {
    questions.answered(question, seen);
    registry.changes().signal();
  }

  /** A frame was used; another may come. */
  void used() {
    onReady();
    registry.changes().signal();
    link.request(1);
  }

  synchronized void heard(VersionVector seen, long millis) {
    theirs = Frames.join(theirs, seen);
    clockAheadMillis = millis - System.currentTimeMillis();
  }

  synchronized void caught() {
    caught++;
    notifyAll();
  }

  // What the writer needs.

  synchronized Peer awaitPeer() {
    Peer other = peer;
    while (sink == null || other == null) {
      await(0, "");
      other = peer;
    }
    outbound = Outbound.AWAITING_PULL;
    return other;
  }

  synchronized @Nullable Pull takePull() {
    Pull pull = asked;
    asked = null;
    outbound = pull == null ? outbound : Outbound.SENDING;
    return pull;
  }

  synchronized @Nullable Long takeDemand() {
    Long until = demand;
    demand = null;
    return until;
  }

  synchronized long signals() {
    return signals;
  }

  /** Waits for a signal after those that were counted, or until a time. */
  synchronized void awaitSignal(long before, long deadline) {
    while (signals == before && System.nanoTime() - deadline < 0) {
      requireOpen();
      waitOnce(Math.max(1, (deadline - System.nanoTime()) / NANOS_PER_MILLI));
    }
    requireOpen();
  }

  void noteLag() {
    long now = System.nanoTime();
    if (lag.isDue(now)) {
      lag.note(now, self.store().vector(), durable());
    }
  }

  void send(Frame frame) {
    byte[] bytes = Frames.seal(frame);
    synchronized (this) {
      requireOpen();
      long deadline = System.nanoTime() + STALL_NANOS;
      while (!link.isReady()) {
        await(deadline, "peer does not read");
      }
      sentBytes += bytes.length;
    }
    link.send(bytes);
  }

  private void requireOpen() {
    SessionEndedException why = reason();
    if (why != null) {
      throw why;
    }
  }

  /** Waits for any change; throws when the session has ended or a deadline, if not 0, is over. */
  private synchronized void await(long deadline, String otherwise) {
    requireOpen();
    long millis = 0;
    if (deadline != 0) {
      long nanos = deadline - System.nanoTime();
      if (nanos <= 0) {
        throw new SessionEndedException(Reason.TIMEOUT, Problem.of(otherwise));
      }
      millis = nanos / NANOS_PER_MILLI + 1;
    }
    waitOnce(millis);
    requireOpen();
  }

  /** Whoever calls looks again at what it waits for. */
  @SuppressWarnings("WaitNotInLoop")
  private synchronized void waitOnce(long millis) {
    try {
      wait(millis);
    } catch (InterruptedException e) {
      // Nobody interrupts these threads: an interrupt while the store works would close its files.
      throw new SessionEndedException(Reason.LOCAL_FAILURE, Problem.of("interrupted"), e);
    }
  }

  private void guarded(Runnable body) {
    try {
      body.run();
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
      if (Thread.currentThread() == writer) {
        finish();
      }
    }
  }

  /** By the writer, the only one that sends. */
  private void finish() {
    SessionEndedException why = reason();
    boolean told;
    synchronized (this) {
      outbound = Outbound.ENDED;
      inbound = Inbound.ENDED;
      inbox.clear();
      told = linkClosed;
    }
    try {
      if (!told && why != null) {
        link.send(Frames.seal(goodbye(why)));
      }
      link.close(why == null ? "" : why.reason().name());
    } catch (RuntimeException gone) {
      // It is closed.
    } finally {
      chunks.close();
      repairs.close();
      syncs.close();
      registry.remove(this);
      atEnd.accept(this);
    }
  }

  private static Frame goodbye(SessionEndedException why) {
    return Frame.newBuilder()
        .setGoodbye(
            Goodbye.newBuilder()
                .setReason(why.reason().name())
                .setDetail(String.valueOf(why.getMessage())))
        .build();
  }

  private synchronized @Nullable SessionEndedException reason() {
    return end;
  }

  /** Waits until its threads are done, unless it is one of them. */
  public void join() {
    boolean interrupted = false;
    for (Thread thread : new Thread[] {writer, reader}) {
      while (thread.isAlive() && thread != Thread.currentThread()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // What others may ask.

  /**
   * Takes what the peer has logged by now; for a session on demand, and one thread.
   *
   * @param until the peer's own operation to end behind; 0 for no end
   * @return how many commits and runs were new
   * @throws SessionEndedException if the session ends before
   */
  public synchronized long pull(long until) {
    if (!terms.onDemand()) {
      throw Problem.of("session takes what comes").illegalState();
    }
    while (sink == null) {
      await(0, "");
    }
    Sink from = receiving();
    long before = from.operations();
    long caughtBefore = caught;
    demand = until;
    onReady();
    while (caught == caughtBefore) {
      await(0, "");
    }
    return from.operations() - before;
  }

  /** Asks the peer for a chunk; empty if it has none, or asks too much, or the session ends. */
  public CompletableFuture<Optional<byte[]>> ask(Bytes chunk) {
    CompletableFuture<Optional<byte[]>> answer = chunks.ask(chunk);
    onReady();
    return answer;
  }

  ChunkDesk chunks() {
    return chunks;
  }

  /** How many chunks the peer has been asked for and has not given. */
  public int chunksInFlight() {
    return chunks.asked();
  }

  /** Who is at the other end; null before the handshake. */
  public synchronized @Nullable Peer peer() {
    return peer;
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
    return reason();
  }

  boolean isEnded() {
    return reason() != null;
  }

  /** The comparison of this store with the peer's. */
  public RepairChannel repairs() {
    return repairs;
  }

  /** Its state towards the peer. */
  public synchronized Outbound outbound() {
    return outbound;
  }

  /** Its state from the peer. */
  public synchronized Inbound inbound() {
    return inbound;
  }

  /** What survives a power loss at the peer, as far as it has told. */
  public synchronized VersionVector durable() {
    return durable;
  }

  /** What the peer has seen, as far as it has told. */
  public synchronized VersionVector theirs() {
    return theirs;
  }

  /** By how much the peer's wall clock is ahead, in milliseconds, and the way its word took. */
  public synchronized long clockAheadMillis() {
    return clockAheadMillis;
  }

  /** For how long something has been here that does not survive at the peer, in milliseconds. */
  public long lagMillis() {
    return lag.millis(System.nanoTime());
  }

  /** How many operations are here that do not survive at the peer, as far as it has told. */
  public long lagOperations() {
    return Lag.operations(self.store().vector(), durable());
  }

  /** How many operations the peer has seen that are not here. */
  public long behindOperations() {
    return Lag.operations(theirs(), self.store().vector());
  }

  /** Asks the peer what it has seen; gives what to look for the answer with. */
  public long askVector() {
    long question = questions.ask();
    onReady();
    return question;
  }

  /** What the peer had seen at some moment after a question; null if it has not answered yet. */
  public @Nullable VersionVector answer(long question) {
    return questions.answer(question);
  }

  /** How many commits and runs from the peer were new here. */
  public synchronized long received() {
    return sink == null ? 0 : sink.operations();
  }

  /** The bytes of the frames that were sent. */
  public synchronized long sentBytes() {
    return sentBytes;
  }

  /** The bytes of the frames that came. */
  public synchronized long receivedBytes() {
    return receivedBytes;
  }

  /** How many whole states the peer got. */
  public long states() {
    return outgoing.states();
  }

  /** The other end's address. */
  public String address() {
    return link.address();
  }
}
