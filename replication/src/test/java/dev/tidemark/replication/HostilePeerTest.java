package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tidemark.CommitStream;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.replication.session.Link;
import dev.tidemark.replication.session.Registry;
import dev.tidemark.replication.session.Self;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.session.Terms;
import dev.tidemark.replication.v1.Chunk;
import dev.tidemark.replication.v1.ChunkRequest;
import dev.tidemark.replication.v1.Commits;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Goodbye;
import dev.tidemark.replication.v1.Heartbeat;
import dev.tidemark.replication.v1.Hello;
import dev.tidemark.replication.v1.Payload;
import dev.tidemark.replication.v1.Pull;
import dev.tidemark.replication.v1.RunBegin;
import dev.tidemark.replication.v1.RunEnd;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.storage.Options;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a peer may send, and the name under which it is cut off for it; the store stays as it was.
 */
class HostilePeerTest {
  private static final long PEER = 9;

  @RegisterExtension final Stores stores = new Stores();

  private Tidemark store;
  private Registry registry;
  private Session session;
  private FakeLink link;
  private VersionVector before;

  @BeforeEach
  void open() {
    store = stores.open(1);
    Stores.write(store, 1, 20);
    store.sync();
    before = store.vector();
    registry = new Registry(1, 1);
    link = new FakeLink();
    begin(Duration.ofSeconds(60));
  }

  private void begin(Duration patience) {
    Self self = new Self(store, store.status().storeId(), 77, "test", "a", null);
    Terms terms = Terms.accepted(patience, Duration.ofSeconds(60));
    session = new Session(self, registry, link, terms, lacking -> {}, ended -> {});
    session.start();
  }

  @AfterEach
  void endSessions() {
    registry.close();
  }

  private static Hello.Builder hello() {
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

  private void send(Frame.Builder frame) {
    link.deliver(session, Frames.seal(frame.build()));
  }

  private void greet() {
    send(Frame.newBuilder().setHello(hello()));
  }

  private void expectEnd(Reason reason) {
    Stores.await(() -> session.ended() != null, () -> "goes on: " + session.inbound());
    assertThat(session.ended().reason()).as("%s", session.ended()).isEqualTo(reason);
    assertThat(store.vector()).isEqualTo(before);
    Stores.await(() -> registry.sessions().isEmpty(), () -> "session is not let go");
  }

  private static Frame.Builder commits(Payload payload) {
    return Frame.newBuilder().setCommits(Commits.newBuilder().setPayload(payload).setPosition(1));
  }

  /** The commits of another store, one frame. */
  private static Payload payload(Tidemark of, int skip) {
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

  /** The reason alone was believed, and the store never wrote again. */
  @Test
  void aPeerThatSaysRetiredWithoutAProofIsNotBelieved() {
    send(Frame.newBuilder().setGoodbye(Goodbye.newBuilder().setReason(Reason.RETIRED.name())));
    expectEnd(Reason.RETIRED);
    Stores.write(store, 2, 1);
  }

  @Test
  void noiseIsNoFrame() {
    byte[] noise = new byte[500];
    new Random(1).nextBytes(noise);
    link.deliver(session, noise);
    expectEnd(Reason.MALFORMED_FRAME);
  }

  /** As if the peer had meant it so. */
  private static byte[] sealed(byte[] frame) {
    byte[] seal = Frames.seal(Frame.getDefaultInstance());
    CRC32C crc = new CRC32C();
    crc.update(frame);
    return ByteBuffer.allocate(frame.length + seal.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(frame)
        .put(seal[0])
        .putInt((int) crc.getValue())
        .array();
  }

  @Test
  void aFrameThatWasChangedOnTheWayIsNotActedOn() {
    byte[] frame = Frames.seal(Frame.newBuilder().setHello(hello()).build());
    frame[frame.length / 2] ^= 4;
    link.deliver(session, frame);
    expectEnd(Reason.MALFORMED_FRAME);
  }

  @Test
  void aChunkThatNobodyAskedForIsRefused() {
    greet();
    send(
        Frame.newBuilder().setChunk(Chunk.newBuilder().setHash(ByteString.copyFrom(new byte[32]))));
    expectEnd(Reason.UNEXPECTED_FRAME);
  }

  @Test
  void whoAsksForTooManyChunksAtOnceIsCutOff() {
    greet();
    // Nothing can be sent to it, so nothing of what it asks for is done with.
    Stores.await(() -> link.sent() >= 2, () -> "sent " + link.sent());
    link.ready(false);
    for (int i = 0; i <= Bounds.CHUNKS_IN_FLIGHT + 1; i++) {
      send(
          Frame.newBuilder()
              .setChunkRequest(
                  ChunkRequest.newBuilder().setHash(ByteString.copyFrom(new byte[32]))));
    }
    expectEnd(Reason.UNEXPECTED_FRAME);
  }

  @Test
  void aRunThatComesDropByDropIsNotWaitedForWithoutEnd() {
    registry.close();
    registry = new Registry(1, 1);
    link = new FakeLink();
    begin(Duration.ofMillis(50));
    Tidemark other = stores.open("other", 9);
    Stores.write(other, 1, 100);
    other.compact();
    other.sync();
    greet();
    try (CommitStream stream = other.commits(1)) {
      assertThat(stream.next()).isTrue();
      send(
          Frame.newBuilder()
              .setRunBegin(
                  RunBegin.newBuilder().setCoverage(Frames.bytes(stream.run().coverage()))));
    }
    Frame.Builder beat =
        Frame.newBuilder()
            .setHeartbeat(
                Heartbeat.newBuilder().setVector(Frames.bytes(VersionVector.EMPTY)).setMillis(1));
    while (session.ended() == null) {
      send(beat);
    }
    expectEnd(Reason.TIMEOUT);
  }

  /** As many operations, and others: neither end would ever have noticed while nothing is made. */
  @Test
  void whoHasOtherOperationsOfAReplicaUnderTheSameIdsIsRefused() {
    Tidemark copied = stores.open("copied", 1);
    Stores.write(copied, 2, 20);
    assertThat(copied.vector()).isEqualTo(store.vector());
    send(
        Frame.newBuilder()
            .setHello(
                hello()
                    .setVector(Frames.bytes(copied.vector()))
                    .setHistories(Frames.bytes(copied.histories()))));
    expectEnd(Reason.FORKED);
  }

  @Test
  void theFirstFrameOfSomebodyUnknownIsSmall() {
    link.deliver(session, new byte[Bounds.HELLO_BYTES + 1]);
    expectEnd(Reason.OVERSIZE_FRAME);
  }

  @Test
  void aFrameBeyondTheBoundIsNotRead() {
    greet();
    link.deliver(session, new byte[Bounds.FRAME_BYTES + 1]);
    expectEnd(Reason.OVERSIZE_FRAME);
  }

  @Test
  void aVersionThatIsNotSpokenIsRefused() {
    send(Frame.newBuilder().setHello(hello().setMinVersion(2).setMaxVersion(-1)));
    expectEnd(Reason.WRONG_VERSION);
  }

  @Test
  void aPeerThatSpeaksLaterVersionsTooIsWelcome() {
    send(Frame.newBuilder().setHello(hello().setMaxVersion(-1)));
    Stores.await(() -> session.inbound() == Session.Inbound.RECEIVING, () -> "" + session.ended());
  }

  @Test
  void nothingComesBeforeTheGreeting() {
    send(Frame.newBuilder().setPull(Pull.getDefaultInstance()));
    expectEnd(Reason.UNEXPECTED_FRAME);
  }

  @Test
  void nobodyPullsTwice() {
    greet();
    Frame.Builder pull =
        Frame.newBuilder().setPull(Pull.newBuilder().setVector(Frames.bytes(VersionVector.EMPTY)));
    send(pull);
    send(pull);
    expectEnd(Reason.UNEXPECTED_FRAME);
  }

  @Test
  void whoHasSeenMoreOfThisReplicaThanItMadeShowsThatItWasRolledBack() {
    send(Frame.newBuilder().setHello(hello().setVector(Frames.bytes(VersionVector.of(1, 21)))));
    expectEnd(Reason.ROLLED_BACK);
  }

  @Test
  void aPayloadThatClaimsToBeHugeIsNotMadeRoomFor() {
    greet();
    send(
        commits(
            Payload.newBuilder()
                .setCompression(Payload.Compression.ZSTD)
                .setPlainSize(Integer.MAX_VALUE)
                .build()));
    expectEnd(Reason.OVERSIZE_PAYLOAD);
  }

  @Test
  void aNegativeSizeIsRefused() {
    greet();
    send(commits(Payload.newBuilder().setPlainSize(-1).build()));
    expectEnd(Reason.OVERSIZE_PAYLOAD);
  }

  /** A megabyte of zeros in a few bytes, said to be a hundred. */
  @Test
  void aBombIsNotDecompressedBeyondTheSizeItClaims() {
    greet();
    Payload bomb = Payloads.pack(new byte[1 << 20], 1 << 20);
    assertThat(bomb.getBytes().size()).isLessThan(1000);
    send(commits(bomb.toBuilder().setPlainSize(100).build()));
    expectEnd(Reason.OVERSIZE_PAYLOAD);
  }

  @Test
  void aCommitThatIsCutShortIsMalformed() {
    Tidemark other = stores.open("other", 9);
    Stores.write(other, 1, 1);
    greet();
    byte[] plain = Payloads.unpack(payload(other, 0));
    send(commits(Payloads.pack(plain, plain.length - 1)));
    expectEnd(Reason.MALFORMED_FRAME);
  }

  @Test
  void aGapInAnOriginsOrderIsRefused() {
    Tidemark other = stores.open("other", 9);
    Stores.write(other, 1, 3);
    greet();
    send(commits(payload(other, 1)));
    expectEnd(Reason.REFUSED_CONTENT);
    assertThat(session.ended()).hasMessageContaining("gap");
  }

  /** A copy of this replica's id has made operations that this store has not. */
  @Test
  void whatClaimsToBeThisReplicasOwnIsRefused() {
    Tidemark forger = stores.open("forger", 1);
    Stores.write(forger, 2, 30);
    greet();
    send(commits(payload(forger, 20)));
    expectEnd(Reason.REFUSED_CONTENT);
    assertThat(session.ended()).hasMessageContaining("this replica's own");
  }

  @Test
  void aStampFromTheFutureIsRefusedInItsAuthorsSession() {
    Options ahead =
        Options.defaults()
            .withReplicaId(PEER)
            .withClock(() -> System.currentTimeMillis() + 3_600_000);
    Tidemark other = stores.open("ahead", ahead);
    Stores.write(other, 1, 1);
    greet();
    send(commits(payload(other, 0)));
    expectEnd(Reason.REFUSED_CONTENT);
    assertThat(session.ended()).hasMessageContaining("future");
  }

  @Test
  void mutatedFramesChangeNothingAndEndTheSessionOrAreHarmless() {
    Tidemark other = stores.open("other", 9);
    Stores.write(other, 1, 30);
    byte[] frame = commits(payload(other, 0)).build().toByteArray();
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      byte[] mutated = frame.clone();
      mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
      greet();
      link.deliver(session, sealed(mutated));
      send(Frame.newBuilder().setHello(hello()));
      Stores.await(() -> session.ended() != null, () -> "goes on");
      assertThat(session.ended().reason()).isNotEqualTo(Reason.LOCAL_FAILURE);
      registry.close();
      registry = new Registry(1, 1);
      link = new FakeLink();
      begin(Duration.ofSeconds(60));
    }
    assertThat(other.vector().dominates(store.vector().without(1))).isTrue();
  }

  @Test
  void aRunThatEndsBeforeItsLastPartIsNotTaken() {
    Tidemark other = stores.open("other", 9);
    Stores.write(other, 1, 100);
    other.compact();
    other.sync();
    greet();
    try (CommitStream stream = other.commits(1)) {
      assertThat(stream.next()).isTrue();
      assertThat(stream.isRun()).isTrue();
      send(
          Frame.newBuilder()
              .setRunBegin(
                  RunBegin.newBuilder().setCoverage(Frames.bytes(stream.run().coverage()))));
    }
    send(Frame.newBuilder().setRunEnd(RunEnd.getDefaultInstance()));
    expectEnd(Reason.MALFORMED_FRAME);
  }

  @Test
  void whoSaysNothingIsNotWaitedForLong() {
    registry.close();
    registry = new Registry(1, 1);
    link = new FakeLink();
    begin(Duration.ofMillis(1));
    expectEnd(Reason.TIMEOUT);
  }

  @Test
  void aConnectionThatIsLostEndsTheSession() {
    greet();
    session.onClosed("reset");
    expectEnd(Reason.LOST);
  }

  /** Once only the reader learned of it: the writer waited for ever, and so did the close. */
  @Test
  void aConnectionThatIsLostWithAFrameUnreadEndsBothThreads() {
    synchronized (session) {
      greet();
      session.onClosed("reset");
    }
    expectEnd(Reason.LOST);
  }

  /** A peer that never reads: nothing is queued for it, and the store's writers do not wait. */
  @Test
  void aPeerThatDoesNotReadHoldsUpNobody() {
    greet();
    send(
        Frame.newBuilder().setPull(Pull.newBuilder().setVector(Frames.bytes(VersionVector.EMPTY))));
    Stores.await(() -> link.sent() >= 3, () -> "sent " + link.sent());
    link.ready(false);
    long sent = link.sent();
    Stores.write(store, 5, 2000);
    store.sync();
    // One frame may have passed the look at the link.
    assertThat(link.sent()).isLessThanOrEqualTo(sent + 1);
    assertThat(session.ended()).isNull();
  }

  /** The other end is the test. */
  private static final class FakeLink implements Link {
    private int asked;
    private long sent;
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

    synchronized long sent() {
      return sent;
    }

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public synchronized void send(byte[] frame) {
      sent++;
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
