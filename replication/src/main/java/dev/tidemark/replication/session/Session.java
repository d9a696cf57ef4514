package dev.tidemark.replication.session;

import dev.tidemark.SyncWatch;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Goodbye;
import dev.tidemark.replication.v1.Pull;
import dev.tidemark.replication.v1.VectorAnswer;
import dev.tidemark.replication.v1.VectorRequest;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
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
  private static final long NANOS_PER_MILLI = 1_000_000;

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
  private final boolean dialled;
  private final Duration patience;
  private final Consumer<Session> atEnd;
  private final SyncWatch syncs;
  private final Deque<byte[]> inbox = new ArrayDeque<>();
  private final Thread reader;
  private final Thread writer;

  private Outbound outbound = Outbound.HELLO;
  private Inbound inbound = Inbound.AWAITING_HELLO;
  private @Nullable Peer peer;
  private @Nullable Sink sink;
  private @Nullable Pull asked;
  private VersionVector durable = VersionVector.EMPTY;
  private final VectorQuestions questions = new VectorQuestions();
  private @Nullable SessionEndedException end;
  private boolean linkClosed;
  private long signals;
  private volatile long states;

  /**
   * A session that is not started.
   *
   * @param dialled whether this end made the connection
   * @param patience how long to wait for the first frame, and for each part of a run
   * @param atEnd is told once when it has ended, on one of its threads
   */
  public Session(
      Self self,
      Registry registry,
      Link link,
      boolean dialled,
      Duration patience,
      Consumer<Session> atEnd) {
    this.self = self;
    this.registry = registry;
    this.link = link;
    this.dialled = dialled;
    this.patience = patience;
    this.atEnd = atEnd;
    this.syncs = self.store().watchSyncs(this::onReady);
    this.reader = thread("tidemark-replication-reader", this::read);
    this.writer = thread("tidemark-replication-writer", this::write);
  }

  private static Thread thread(String name, Runnable body) {
    Thread thread = new Thread(body, name);
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

  private void read() {
    guarded(
        () -> {
          greet(Frames.read(take(), Bounds.HELLO_BYTES));
          while (true) {
            handle(nextFrame(0));
          }
        });
  }

  private void greet(Frame frame) {
    if (frame.hasGoodbye()) {
      // It has seen this end's first frame before it sent its own.
      throw left(frame.getGoodbye());
    }
    if (!frame.hasHello()) {
      throw unexpected(frame);
    }
    Peer other = Handshake.check(frame.getHello(), self, link.certifiedNames());
    synchronized (this) {
      peer = other;
    }
    registry.admit(this, other);
    synchronized (this) {
      sink = new Sink(self.store(), syncs, other.replicaId(), this::nextOfRun);
      inbound = Inbound.RECEIVING;
      signals++;
      notifyAll();
    }
    registry.changes().signal();
    link.request(1);
  }

  private void handle(Frame frame) {
    switch (frame.getKindCase()) {
      case COMMITS -> receiving().take(frame.getCommits());
      case RUN_BEGIN -> receiving().take(frame.getRunBegin());
      case DECISION -> {
        // For people who watch; what follows tells the same.
      }
      default -> aside(frame);
    }
    onReady();
    registry.changes().signal();
    link.request(1);
  }

  /** What may come between any two frames. */
  private synchronized void aside(Frame frame) {
    switch (frame.getKindCase()) {
      case ACK -> {
        durable = durable.join(Frames.vector(frame.getAck().getVector()));
        registry.changes().signal();
      }
      case VECTOR_REQUEST -> {
        questions.asked(frame.getVectorRequest().getId());
        onReady();
      }
      case VECTOR_ANSWER -> {
        VectorAnswer answer = frame.getVectorAnswer();
        questions.answered(answer.getId(), Frames.vector(answer.getVector()));
        registry.changes().signal();
      }
      case PULL -> {
        if (asked != null) {
          throw unexpected(frame);
        }
        asked = frame.getPull();
      }
      case GOODBYE -> throw left(frame.getGoodbye());
      case KIND_NOT_SET -> {
        // Of a later minor version.
      }
      default -> throw unexpected(frame);
    }
  }

  private Frame nextOfRun() {
    while (true) {
      link.request(1);
      Frame frame = nextFrame(System.nanoTime() + patience.toNanos());
      switch (frame.getKindCase()) {
        case ACK, PULL, GOODBYE, VECTOR_REQUEST, VECTOR_ANSWER, KIND_NOT_SET -> aside(frame);
        default -> {
          return frame;
        }
      }
    }
  }

  private Frame nextFrame(long deadline) {
    return Frames.read(take(deadline), Bounds.FRAME_BYTES);
  }

  private byte[] take() {
    return take(System.nanoTime() + patience.toNanos());
  }

  /** The next frame; 0 waits for ever. */
  private synchronized byte[] take(long deadline) {
    while (inbox.isEmpty()) {
      if (linkClosed) {
        end(new SessionEndedException(Reason.LOST, Problem.of("connection is gone")));
      }
      await(deadline);
    }
    return inbox.remove();
  }

  /** Waits for a signal; throws when the session has ended or a deadline is over. */
  private synchronized void await(long deadline) {
    if (end != null) {
      throw end;
    }
    long millis = 0;
    if (deadline != 0) {
      long nanos = deadline - System.nanoTime();
      if (nanos <= 0) {
        throw new SessionEndedException(
            Reason.TIMEOUT, Problem.of("peer is silent").with("millis", patience.toMillis()));
      }
      millis = nanos / NANOS_PER_MILLI + 1;
    }
    waitOnce(millis);
    if (end != null) {
      throw end;
    }
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

  private synchronized Sink receiving() {
    Sink to = sink;
    if (to == null) {
      throw Problem.of("session has no peer yet").broken();
    }
    return to;
  }

  private static SessionEndedException unexpected(Frame frame) {
    return new SessionEndedException(
        Reason.UNEXPECTED_FRAME,
        Problem.of("frame cannot come now").with("frame", frame.getKindCase()));
  }

  private SessionEndedException left(Goodbye goodbye) {
    Reason reason;
    try {
      reason = Reason.valueOf(goodbye.getReason());
    } catch (IllegalArgumentException ofALaterVersion) {
      reason = Reason.LEAVING;
    }
    if (reason == Reason.RETIRED) {
      self.store().members().withdraw();
    }
    return new SessionEndedException(
        reason,
        Problem.of("peer has ended the session")
            .with("reason", Frames.text(goodbye.getReason()))
            .with("detail", Frames.text(goodbye.getDetail())));
  }

  private void write() {
    guarded(
        () -> {
          send(Frame.newBuilder().setHello(self.hello()));
          Peer other = awaitPeer();
          send(
              Frame.newBuilder()
                  .setPull(
                      Pull.newBuilder()
                          .setVector(Frames.bytes(self.store().vector()))
                          .setReached(registry.reached(other))));
          try (Source source = begin(awaitPull())) {
            while (true) {
              long before = signals();
              acknowledge();
              boolean sent = source.send();
              states = source.states();
              if (!sent) {
                awaitSignal(before);
              }
            }
          }
        });
  }

  private Source begin(Pull pull) {
    Source source =
        new Source(
            self.store(), Frames.vector(pull.getVector()), pull.getReached(), this::sendData);
    synchronized (this) {
      outbound = Outbound.SENDING;
    }
    return source;
  }

  private synchronized Peer awaitPeer() {
    while (sink == null || peer == null) {
      await(0);
    }
    outbound = Outbound.AWAITING_PULL;
    return peer;
  }

  private Pull awaitPull() {
    while (true) {
      long before = signals();
      acknowledge();
      synchronized (this) {
        if (asked != null) {
          return asked;
        }
      }
      awaitSignal(before);
    }
  }

  private synchronized long signals() {
    return signals;
  }

  private synchronized void awaitSignal(long before) {
    while (signals == before) {
      await(0);
    }
  }

  /** Tells the peer what survives here, if that is more than it knows, and what it asks for. */
  private void acknowledge() {
    Sink from = receiving();
    Sink.Durable now = from.durable();
    Peer other = peer();
    if (now != null && other != null) {
      registry.reached(other, now.theirPosition());
      send(Frame.newBuilder().setAck(now.ack()));
    }
    long question = questions.toAsk();
    if (question != 0) {
      send(Frame.newBuilder().setVectorRequest(VectorRequest.newBuilder().setId(question)));
    }
    long answer = questions.toAnswer();
    if (answer != 0) {
      send(
          Frame.newBuilder()
              .setVectorAnswer(
                  VectorAnswer.newBuilder()
                      .setId(answer)
                      .setVector(Frames.bytes(self.store().vector()))));
    }
  }

  private void sendData(Frame.Builder frame) {
    acknowledge();
    send(frame);
  }

  private void send(Frame.Builder frame) {
    synchronized (this) {
      if (end != null) {
        throw end;
      }
      while (!link.isReady()) {
        await(0);
      }
    }
    link.send(frame.build().toByteArray());
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
        link.send(
            Frame.newBuilder()
                .setGoodbye(
                    Goodbye.newBuilder()
                        .setReason(why.reason().name())
                        .setDetail(String.valueOf(why.getMessage())))
                .build()
                .toByteArray());
      }
      link.close(why == null ? "" : why.reason().name());
    } catch (RuntimeException gone) {
      // It is closed.
    } finally {
      syncs.close();
      registry.remove(this);
      atEnd.accept(this);
    }
  }

  private synchronized @Nullable SessionEndedException reason() {
    return end;
  }

  /** Waits until its threads are done, unless it is one of them. */
  void join() {
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

  /** Who is at the other end; null before the handshake. */
  public synchronized @Nullable Peer peer() {
    return peer;
  }

  /** Whether this end made the connection. */
  public boolean isDialled() {
    return dialled;
  }

  /** Why it ended; null while it goes on. */
  public @Nullable SessionEndedException ended() {
    return reason();
  }

  boolean isEnded() {
    return reason() != null;
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

  /** How many whole states the peer got. */
  public long states() {
    return states;
  }

  /** The other end's address. */
  public String address() {
    return link.address();
  }
}
