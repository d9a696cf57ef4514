package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tidemark.CommitStream;
import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.replication.session.Link;
import dev.tidemark.replication.session.Registry;
import dev.tidemark.replication.session.Self;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.session.Terms;
import dev.tidemark.replication.v1.Commits;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Hello;
import dev.tidemark.replication.v1.Payload;
import dev.tidemark.replication.v1.Pull;
import dev.tidemark.replication.v1.StateOffer;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.replication.wire.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * A store, and a session of it whose other end is the test. Whatever the test sends, the store has
 * to be as it was, and to go on with somebody honest.
 */
final class Victim implements AutoCloseable {
  /** Who the test says that it is. */
  static final long PEER = 9;

  private static final Duration LONG = Duration.ofSeconds(60);

  private final Stores stores;
  final Tidemark store;
  Registry registry;
  Session session;
  FakeLink link;
  private VersionVector before;
  private long delivered;

  private Victim(Stores stores) {
    this.stores = stores;
    this.store = stores.open(1);
    Stores.write(store, 1, 20);
    store.sync();
    begin(LONG);
  }

  /** A store with twenty updates and a session that nothing was said in. */
  static Victim of(Stores stores) {
    return stores.closing(new Victim(stores));
  }

  /** Another session instead. */
  void begin(Duration patience) {
    close();
    registry = new Registry(1, 1, store.peerLogs(), store.replicaNames(), System::nanoTime);
    link = new FakeLink();
    delivered = 0;
    before = store.vector();
    Self self = new Self(store, store.status().storeId(), 77, "test", "a", null);
    Terms terms = Terms.accepted(patience, LONG);
    session = new Session(self, registry, link, terms, lacking -> {}, ended -> {});
    session.start();
  }

  void begin() {
    begin(LONG);
  }

  @Override
  public void close() {
    if (registry != null) {
      registry.close();
    }
  }

  static Hello.Builder hello() {
    return Hello.newBuilder()
        .setMinVersion(1)
        .setMaxVersion(1)
        .setCluster("test")
        .setName("peer")
        .setStoreId(ByteString.copyFrom(new byte[16]))
        .setReplicaId(PEER)
        .setInstance(5)
        .setVector(Frames.bytes(VersionVector.EMPTY));
  }

  void send(Frame.Builder frame) {
    deliver(sealed(frame));
  }

  /** A frame's bytes, if it is delivered next. */
  byte[] sealed(Frame.Builder frame) {
    return Frames.seal(frame.build(), delivered);
  }

  /** Bytes as they are. */
  void deliver(byte[] frame) {
    link.deliver(session, frame);
    delivered++;
  }

  /** Of a peer whose log has lost what this store lacks. */
  static Frame.Builder stateOffer() {
    return Frame.newBuilder()
        .setStateOffer(StateOffer.newBuilder().setCut(Frames.bytes(VersionVector.of(PEER, 1))));
  }

  /** A frame that the peer has sent does not come. */
  void lose() {
    delivered++;
  }

  /** Bytes of a frame, as if the peer had meant them so. */
  void deliverSealed(byte[] frame) {
    deliver(Frames.seal(frame, delivered));
  }

  void greet() {
    greet(hello());
  }

  void greet(Hello.Builder hello) {
    send(Frame.newBuilder().setHello(hello));
  }

  void pull() {
    send(pullOf(VersionVector.EMPTY));
  }

  /** Offers a state, and waits until it is wanted. */
  void offerState() {
    send(stateOffer());
    Frame answer = link.next();
    while (!answer.hasStateAnswer()) {
      answer = link.next();
    }
  }

  static Frame.Builder pullOf(VersionVector vector) {
    return Frame.newBuilder().setPull(Pull.newBuilder().setVector(Frames.bytes(vector)));
  }

  static Frame.Builder commits(Payload payload) {
    return Frame.newBuilder().setCommits(Commits.newBuilder().setPayload(payload).setPosition(1));
  }

  /** The commits of another store but for the first ones, as one payload. */
  static Payload payload(Tidemark of, int skip) {
    of.sync();
    ByteWriter out = new ByteWriter();
    try (CommitStream stream = of.commits(1)) {
      for (int i = 0; stream.next(); i++) {
        if (i >= skip) {
          byte[] commit = stream.bytes();
          out.varint(commit.length).raw(commit, 0, commit.length);
        }
      }
    }
    return Payloads.pack(out.buffer(), out.length());
  }

  /** The session has ended under this name and left nothing behind. */
  void expectEnd(Reason reason) {
    awaitEnd();
    assertThat(session.ended().reason()).as("%s", session.ended()).isEqualTo(reason);
    assertThat(store.vector()).isEqualTo(before);
    Stores.await(() -> registry.sessions().isEmpty(), () -> "session is not let go");
  }

  void awaitEnd() {
    Stores.await(() -> session.ended() != null, () -> "goes on: " + session.inbound());
  }

  void expectEnd(Reason reason, String words) {
    expectEnd(reason);
    assertThat(session.ended()).hasMessageContaining(words);
  }

  /** All that was sent is used, and the session goes on. */
  void expectNothing() {
    Stores.await(
        () -> session.ended() != null || link.asked() == Bounds.FRAMES_IN_FLIGHT,
        () -> "frames are not used");
    assertThat(session.ended()).isNull();
    assertThat(store.vector()).isEqualTo(before);
  }

  /** It takes from somebody honest what that has, and the other way round. */
  void expectHealth() {
    Tidemark honest = stores.open("honest", 5);
    Stores.write(honest, 5, 10);
    Stores.write(store, 6, 10);
    try (Exchange here = new Exchange(honest, store);
        Exchange there = new Exchange(store, honest)) {
      here.pull();
      there.pull();
    }
    Stores.awaitEqual(store, honest);
    honest.close();
  }

  /** The other end is the test. */
  static final class FakeLink implements Link {
    private final Deque<byte[]> sent = new ArrayDeque<>();
    private int asked;
    private long count;
    private long given;
    private boolean closed;
    private volatile boolean ready = true;

    void deliver(Session to, byte[] frame) {
      Stores.await(this::take, () -> "session asks for no more");
      to.onFrame(frame);
    }

    private synchronized boolean take() {
      if (closed || asked == 0) {
        return closed;
      }
      asked--;
      return true;
    }

    void ready(boolean now) {
      ready = now;
    }

    /** How many frames came. */
    synchronized long count() {
      return count;
    }

    synchronized int asked() {
      return asked;
    }

    /** The next frame that came; waits for it. */
    Frame next() {
      Stores.await(
          () -> {
            synchronized (this) {
              return !sent.isEmpty();
            }
          },
          () -> "nothing comes");
      synchronized (this) {
        return Frames.read(sent.remove(), Bounds.FRAME_BYTES, given++);
      }
    }

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public synchronized void send(byte[] frame) {
      count++;
      sent.add(frame);
    }

    @Override
    public synchronized void request(int frames) {
      asked += frames;
    }

    @Override
    public synchronized void close(String detail) {
      closed = true;
    }

    @Override
    public Set<String> certifiedNames() {
      return Set.of();
    }

    @Override
    public String address() {
      return "test";
    }
  }
}
