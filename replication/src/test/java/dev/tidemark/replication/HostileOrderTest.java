package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.v1.Ack;
import dev.tidemark.replication.v1.Caught;
import dev.tidemark.replication.v1.Chunk;
import dev.tidemark.replication.v1.ChunkRequest;
import dev.tidemark.replication.v1.Commits;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Goodbye;
import dev.tidemark.replication.v1.Heartbeat;
import dev.tidemark.replication.v1.Payload;
import dev.tidemark.replication.v1.Pull;
import dev.tidemark.replication.v1.RepairEnd;
import dev.tidemark.replication.v1.RepairReply;
import dev.tidemark.replication.v1.RepairRequest;
import dev.tidemark.replication.v1.RunBegin;
import dev.tidemark.replication.v1.RunEnd;
import dev.tidemark.replication.v1.RunPart;
import dev.tidemark.replication.v1.StateAnswer;
import dev.tidemark.replication.v1.VectorAnswer;
import dev.tidemark.replication.v1.VectorRequest;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that make sense by themselves, at a time at which they make none. */
class HostileOrderTest {
  private static final ByteString HASH = ByteString.copyFrom(new byte[32]);

  @RegisterExtension final Stores stores = new Stores();

  private Victim victim;

  @BeforeEach
  void open() {
    victim = Victim.of(stores);
    victim.greet();
  }

  private static Frame.Builder frame() {
    return Frame.newBuilder();
  }

  /** The number of a frame that was never sent was left out, and the peer took that for damage. */
  @Test
  void theReasonArrivesAlthoughAFrameWaitsToBeSent() {
    Frame own = victim.link.next();
    while (!own.hasPull()) {
      own = victim.link.next();
    }
    victim.link.ready(false);
    victim.pull();
    Stores.await(
        () -> victim.session.status().outbound() == Session.Outbound.SENDING,
        () -> "nothing is sent");
    victim.session.end(new SessionEndedException(Reason.LEAVING, Problem.of("over")));
    Frame frame = victim.link.next();
    while (!frame.hasGoodbye()) {
      frame = victim.link.next();
    }
    assertThat(frame.getGoodbye().getReason()).isEqualTo("LEAVING");
  }

  @Test
  void nobodyPullsTwice() {
    victim.pull();
    victim.pull();
    victim.expectEnd(Reason.UNEXPECTED_FRAME);
  }

  @Test
  void partsAndEndsOfARunThatNobodyBeganAreRefused() {
    for (Frame.Builder loose :
        new Frame.Builder[] {
          frame().setRunPart(RunPart.getDefaultInstance()),
          frame().setRunEnd(RunEnd.getDefaultInstance())
        }) {
      victim.begin();
      victim.greet();
      victim.send(loose);
      victim.expectEnd(Reason.UNEXPECTED_FRAME);
    }
  }

  @Test
  void aRunInARunIsRefused() {
    Frame.Builder begin =
        frame()
            .setRunBegin(
                RunBegin.newBuilder().setCoverage(HostileContentTest.coverage(Victim.PEER, 1)));
    victim.send(begin);
    victim.send(begin);
    victim.expectEnd(Reason.UNEXPECTED_FRAME);
  }

  @Test
  void whatNobodyAskedForIsDoneWithoutEffect() {
    victim.send(frame().setCaught(Caught.getDefaultInstance()));
    victim.send(
        frame()
            .setVectorAnswer(
                VectorAnswer.newBuilder()
                    .setId(-1)
                    .setVector(Frames.bytes(VersionVector.of(7, Long.MAX_VALUE)))));
    victim.send(frame().setRepairReply(RepairReply.newBuilder().setId(1).setFailure("no")));
    victim.send(frame());
    victim.expectNothing();
    assertThat(victim.session.answer(1)).isNull();
  }

  @Test
  void aChunkThatNobodyAskedForIsRefused() {
    victim.send(frame().setChunk(Chunk.newBuilder().setHash(HASH)));
    victim.expectEnd(Reason.UNEXPECTED_FRAME);
  }

  @Test
  void aChunkThatIsTooLargeIsRefusedAndTheOthersAreAsked() {
    var answer = victim.session.ask(dev.tidemark.engine.codec.Bytes.wrap(HASH.toByteArray()));
    Stores.await(() -> victim.link.next().hasChunkRequest(), () -> "not asked");
    victim.send(
        frame()
            .setChunk(
                Chunk.newBuilder()
                    .setHash(HASH)
                    .setFound(true)
                    .setImage(ByteString.copyFrom(new byte[Bounds.CHUNK_BYTES + 1]))));
    victim.expectEnd(Reason.OVERSIZE_PAYLOAD);
    assertThat(answer.join()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33})
  void aHashOfAnotherLengthIsRefused(int bytes) {
    victim.send(
        frame()
            .setChunkRequest(
                ChunkRequest.newBuilder().setHash(ByteString.copyFrom(new byte[bytes]))));
    victim.expectEnd(Reason.MALFORMED_FRAME);
  }

  @Test
  void whoAsksForTooManyChunksAtOnceIsCutOff() {
    // Nothing can be sent to it, so nothing of what it asks for is done with.
    Stores.await(() -> victim.link.count() >= 2, () -> "sent " + victim.link.count());
    victim.link.ready(false);
    for (int i = 0; i <= Bounds.CHUNKS_IN_FLIGHT + 1; i++) {
      victim.send(frame().setChunkRequest(ChunkRequest.newBuilder().setHash(HASH)));
    }
    victim.expectEnd(Reason.UNEXPECTED_FRAME);
  }

  /** A hash that nothing has is answered, and is no fault. */
  @Test
  void aChunkThatIsNotHereIsSaidNotToBe() {
    victim.send(frame().setChunkRequest(ChunkRequest.newBuilder().setHash(HASH)));
    Frame answer = victim.link.next();
    while (!answer.hasChunk()) {
      answer = victim.link.next();
    }
    assertThat(answer.getChunk().getFound()).isFalse();
  }

  @Test
  void aStoreThatIsStartedAgainGoesOnWhereItWasInItsPeersLog() {
    victim.send(
        frame()
            .setCommits(
                Commits.newBuilder().setPayload(Payload.getDefaultInstance()).setPosition(57)));
    for (Frame answer = victim.link.next(); answer.getAck().getPosition() != 57; ) {
      answer = victim.link.next();
    }

    victim.begin();
    victim.greet();
    Frame pull = victim.link.next();
    while (!pull.hasPull()) {
      pull = victim.link.next();
    }
    assertThat(pull.getPull().getReached()).isEqualTo(57);
  }

  @Test
  void nothingIsHeardBehindAGoodbye() {
    synchronized (victim.session) {
      victim.session.onFrame(
          victim.sealed(frame().setGoodbye(Goodbye.newBuilder().setReason("LEAVING"))));
    }
    victim.expectEnd(Reason.LEAVING);
    victim.session.onFrame(
        victim.sealed(
            frame().setAck(Ack.newBuilder().setVector(Frames.bytes(VersionVector.of(1, 20))))));
    assertThat(victim.session.durable().isEmpty()).isTrue();
  }

  @Test
  void aNeedForMoreThanThereIsIsMetWithWhatThereIs() {
    victim.send(
        frame()
            .setPull(
                Pull.newBuilder()
                    .setVector(Frames.bytes(VersionVector.of(7, Long.MAX_VALUE)))
                    .setReached(-1)
                    .setOnce(true)
                    .setUntil(-1)));
    Frame answer = victim.link.next();
    while (!answer.hasCaught()) {
      answer = victim.link.next();
    }
    assertThat(victim.session.ended()).isNull();
  }

  @Test
  void aPositionBehindTheEndOfTheLogIsNoFault() {
    victim.send(
        frame()
            .setPull(
                Pull.newBuilder()
                    .setVector(Frames.bytes(VersionVector.EMPTY))
                    .setReached(Long.MAX_VALUE)));
    Frame answer = victim.link.next();
    while (!answer.hasDecision()) {
      answer = victim.link.next();
    }
    assertThat(victim.session.ended()).isNull();
  }

  @Test
  void aVectorThatIsNoneInAPullIsRefused() {
    victim.send(frame().setPull(Pull.newBuilder().setVector(ByteString.copyFrom(new byte[] {9}))));
    victim.expectEnd(Reason.MALFORMED_FRAME);
  }

  /** Whoever says so lies, or this store was rolled back and hears of it through others. */
  @Test
  void whoSaysThatItHasMoreOfThisReplicaThanThereIsEndsTheSession() {
    ByteString more = Frames.bytes(VersionVector.of(1, Long.MAX_VALUE));
    for (Frame.Builder claim :
        new Frame.Builder[] {
          frame().setAck(Ack.newBuilder().setVector(more)),
          frame().setStateAnswer(StateAnswer.newBuilder().setVector(more)),
          frame().setHeartbeat(Heartbeat.newBuilder().setVector(more)),
          frame().setVectorAnswer(VectorAnswer.newBuilder().setId(1).setVector(more))
        }) {
      victim.begin();
      victim.greet();
      victim.send(claim);
      victim.expectEnd(Reason.ROLLED_BACK);
      assertThat(victim.session.durable().isEmpty()).isTrue();
    }
  }

  @Test
  void endlessQuestionsAreAnsweredOneAtATime() {
    for (long id = 1; id <= 2000; id++) {
      victim.send(frame().setVectorRequest(VectorRequest.newBuilder().setId(id)));
    }
    victim.send(frame().setVectorRequest(VectorRequest.newBuilder().setId(Long.MAX_VALUE)));
    victim.send(frame().setVectorRequest(VectorRequest.newBuilder().setId(-1)));
    Frame answer = victim.link.next();
    while (answer.getVectorAnswer().getId() != Long.MAX_VALUE) {
      answer = victim.link.next();
    }
    victim.expectNothing();
  }

  @Test
  void whoAsksForRepairBeforeAnAnswerIsCutOff() {
    Stores.await(() -> victim.link.count() >= 2, () -> "sent " + victim.link.count());
    victim.link.ready(false);
    Frame.Builder end =
        frame().setRepairRequest(RepairRequest.newBuilder().setEnd(RepairEnd.getDefaultInstance()));
    // One answer is about to be sent, and one may wait for that.
    for (int i = 0; i < 3; i++) {
      victim.send(end);
    }
    victim.expectEnd(Reason.UNEXPECTED_FRAME);
  }

  /** It would be taken beside that of another peer, whose turn it is. */
  @Test
  void aStateThatWasNotAskedForIsRefused() {
    victim.send(state());
    victim.expectEnd(Reason.UNEXPECTED_FRAME, "not awaited");
  }

  @Test
  void oneAnswerIsForOneState() {
    victim.offerState();
    victim.send(state());
    Payload none = Payloads.pack(new byte[1], 1);
    victim.send(frame().setRunPart(RunPart.newBuilder().setPayload(none)));
    victim.send(frame().setRunEnd(RunEnd.newBuilder().setParts(1).setSha256(sha256(new byte[1]))));
    victim.send(state());
    victim.awaitEnd();
    assertThat(victim.session.ended()).hasMessageContaining("not awaited");
  }

  private static Frame.Builder state() {
    return frame()
        .setRunBegin(
            RunBegin.newBuilder()
                .setState(true)
                .setCoverage(HostileContentTest.coverage(Victim.PEER, 1)));
  }

  private static ByteString sha256(byte[] bytes) {
    try {
      return ByteString.copyFrom(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aStateIsOfferedOnce() {
    victim.link.ready(false);
    // One answer is about to be sent, and one may wait for that.
    for (int i = 0; i < 3; i++) {
      victim.send(Victim.stateOffer());
    }
    victim.expectEnd(Reason.UNEXPECTED_FRAME, "offers its state twice");
  }

  @Test
  void anAnswerToAnOfferThatWasNotMadeIsRefused() {
    victim.pull();
    ByteString none = Frames.bytes(VersionVector.EMPTY);
    victim.send(frame().setStateAnswer(StateAnswer.newBuilder().setVector(none)));
    victim.expectEnd(Reason.UNEXPECTED_FRAME, "not made");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, -1})
  void aRunThatGoesOnWhereNothingIsHereIsRefused(long skipped) {
    victim.send(
        frame()
            .setRunBegin(
                RunBegin.newBuilder()
                    .setCoverage(HostileContentTest.coverage(Victim.PEER, 1))
                    .setSkipped(skipped)));
    victim.expectEnd(Reason.UNEXPECTED_FRAME, "nothing of it");
  }

  /** Each would have this store read all that it has. */
  @Test
  void whoAsksForARepairWithoutAComparisonIsCutOff() {
    victim.send(
        frame()
            .setRepairRequest(
                RepairRequest.newBuilder().setEnd(RepairEnd.newBuilder().setYours(true))));
    victim.expectEnd(Reason.UNEXPECTED_FRAME, "without a comparison");
  }
}
