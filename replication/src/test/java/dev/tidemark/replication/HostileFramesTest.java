package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.replication.v1.Ack;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Heartbeat;
import dev.tidemark.replication.v1.Payload;
import dev.tidemark.replication.v1.RepairDiffering;
import dev.tidemark.replication.v1.RepairReply;
import dev.tidemark.replication.v1.RepairRequest;
import dev.tidemark.replication.v1.RepairTile;
import dev.tidemark.replication.v1.RepairTiles;
import dev.tidemark.replication.v1.RunBegin;
import dev.tidemark.replication.v1.RunPart;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.storage.blob.Compression;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Frames that are no frames, lie about their size, or would take more room than their bytes. */
class HostileFramesTest {
  private static final int MIB = 1 << 20;

  @RegisterExtension final Stores stores = new Stores();

  private Victim victim;

  @BeforeEach
  void open() {
    victim = Victim.of(stores);
  }

  @Test
  void noiseIsNoFrame() {
    byte[] noise = new byte[500];
    new Random(1).nextBytes(noise);
    victim.deliver(noise);
    victim.expectEnd(Reason.MALFORMED_FRAME);
  }

  @Test
  void anEmptyMessageIsNoFrame() {
    victim.deliver(new byte[0]);
    victim.expectEnd(Reason.MALFORMED_FRAME);
  }

  @Test
  void aFrameThatWasChangedOnTheWayIsNotActedOn() {
    byte[] frame = victim.sealed(Frame.newBuilder().setHello(Victim.hello()));
    frame[frame.length / 2] ^= 4;
    victim.deliver(frame);
    victim.expectEnd(Reason.MALFORMED_FRAME);
  }

  @Test
  void aFrameThatComesTwiceEndsTheSession() {
    victim.greet();
    byte[] frame = victim.sealed(Victim.pullOf(VersionVector.EMPTY));
    victim.deliver(frame);
    victim.deliver(frame);
    victim.expectEnd(Reason.MALFORMED_FRAME, "not the next");
  }

  /** The position of the next would say that this store has what never came. */
  @Test
  void aFrameBehindOneThatDidNotComeIsNotActedOn() {
    victim.greet();
    victim.lose();
    victim.send(Victim.commits(Payload.getDefaultInstance()));
    victim.expectEnd(Reason.MALFORMED_FRAME, "not the next");
  }

  @Test
  void aFrameBeyondTheBoundIsNotRead() {
    victim.greet();
    victim.deliver(new byte[Bounds.FRAME_BYTES + 1]);
    victim.expectEnd(Reason.OVERSIZE_FRAME);
  }

  /** Negative lengths, and lengths beyond the end, of the fields inside. */
  @Test
  void aLengthThatLiesIsMalformed() {
    for (int[] length : new int[][] {{0xff, 0xff, 0xff, 0xff, 0x0f}, {0xff, 0xff, 0x03}, {0x80}}) {
      victim.begin();
      byte[] frame = new byte[length.length + 1];
      frame[0] = (byte) (1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
      for (int i = 0; i < length.length; i++) {
        frame[i + 1] = (byte) length[i];
      }
      victim.deliverSealed(frame);
      victim.expectEnd(Reason.MALFORMED_FRAME);
    }
  }

  @Test
  void aPayloadThatClaimsToBeHugeIsNotMadeRoomFor() {
    victim.greet();
    victim.send(
        Victim.commits(
            Payload.newBuilder()
                .setCompression(Payload.Compression.ZSTD)
                .setPlainSize(Integer.MAX_VALUE)
                .build()));
    victim.expectEnd(Reason.OVERSIZE_PAYLOAD);
  }

  @Test
  void aNegativeSizeIsRefused() {
    victim.greet();
    victim.send(Victim.commits(Payload.newBuilder().setPlainSize(-1).build()));
    victim.expectEnd(Reason.OVERSIZE_PAYLOAD);
  }

  @Test
  void aCompressionThatIsUnknownIsRefused() {
    victim.greet();
    victim.send(Victim.commits(Payload.newBuilder().setCompressionValue(7).build()));
    victim.expectEnd(Reason.MALFORMED_FRAME);
  }

  /** A megabyte of zeros in a few bytes, said to be a hundred. */
  @Test
  void aBombIsNotDecompressedBeyondTheSizeItClaims() {
    victim.greet();
    Payload bomb = Payloads.pack(new byte[MIB], MIB);
    assertThat(bomb.getBytes().size()).isLessThan(1000);
    victim.send(Victim.commits(bomb.toBuilder().setPlainSize(100).build()));
    victim.expectEnd(Reason.OVERSIZE_PAYLOAD);
  }

  @Test
  void aBombInABombIsOpenedOnce() {
    victim.greet();
    byte[] inner = new byte[8 * MIB];
    int size = Compression.compress(inner, inner.length, inner.clone());
    byte[] packed = new byte[inner.length];
    size = Compression.compress(inner, inner.length, packed);
    byte[] once = Arrays.copyOf(packed, size);
    victim.send(Victim.commits(Payloads.pack(once, once.length)));
    victim.expectEnd(Reason.REFUSED_CONTENT);
  }

  @Test
  void whatIsNotAsLongAsItClaimsIsRefused() {
    victim.greet();
    Payload payload = Payloads.pack(new byte[MIB], MIB);
    victim.send(Victim.commits(payload.toBuilder().setPlainSize(MIB + 1).build()));
    victim.expectEnd(Reason.OVERSIZE_PAYLOAD);
  }

  /** A header that asks for a window of gigabytes: nothing is made room for. */
  @Test
  void aWindowThatIsTooLargeIsRefused() {
    victim.greet();
    byte[] header = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0x00, (byte) 0xff, 0x01, 0x00, 0x00};
    victim.send(
        Victim.commits(
            Payload.newBuilder()
                .setCompression(Payload.Compression.ZSTD)
                .setPlainSize(10)
                .setBytes(ByteString.copyFrom(header))
                .build()));
    victim.expectEnd(Reason.OVERSIZE_PAYLOAD);
  }

  /** Two bytes each on the wire, and dozens in memory: eight MiB would have become hundreds. */
  @Test
  void fieldsThatAreEmptyDoNotFillTheHeap() {
    Frame.Builder tiles =
        Frame.newBuilder()
            .setRepairRequest(
                RepairRequest.newBuilder()
                    .setTiles(
                        RepairTiles.newBuilder()
                            .addAllTiles(
                                Collections.nCopies(MIB, RepairTile.getDefaultInstance()))));
    Frame.Builder indices =
        Frame.newBuilder()
            .setRepairReply(
                RepairReply.newBuilder()
                    .setDiffering(
                        RepairDiffering.newBuilder().addAllIndices(Collections.nCopies(MIB, 1))));
    for (Frame.Builder many : new Frame.Builder[] {tiles, indices}) {
      victim.begin();
      victim.greet();
      victim.send(many);
      victim.expectEnd(Reason.MALFORMED_FRAME, "fields");
    }
  }

  /** Those of a later version are ignored, and kept in memory while the frame is. */
  @Test
  void fieldsThatNobodyKnowsDoNotFillTheHeapEither() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    for (int number = 100; number < 50_000; number++) {
      out.writeUInt32(number, 1);
    }
    out.flush();
    victim.greet();
    victim.deliverSealed(bytes.toByteArray());
    victim.expectEnd(Reason.MALFORMED_FRAME, "fields");
  }

  @Test
  void aFieldOfALaterVersionIsPassedOver() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeByteArray(100, new byte[1000]);
    out.flush();
    victim.greet();
    victim.deliverSealed(bytes.toByteArray());
    victim.expectNothing();
  }

  @Test
  void groupsAreNotSpoken() {
    byte[] nested = new byte[MIB];
    Arrays.fill(nested, (byte) (14 << 3 | WireFormat.WIRETYPE_START_GROUP));
    victim.greet();
    victim.deliverSealed(nested);
    victim.expectEnd(Reason.MALFORMED_FRAME);
  }

  /** Each would be joined to what the peer is known to have seen, and stay there. */
  @Test
  void asManyReplicasAsAFrameHasRoomForAreNotKept() {
    victim.greet();
    victim.send(heartbeat(vectorOf(400_000, 0)));
    victim.expectEnd(Reason.MALFORMED_FRAME, "too many replicas");
  }

  @Test
  void aFewNewReplicasWithEachFrameAreNotKeptWithoutEndEither() {
    victim.greet();
    for (int round = 0; round < 10 && victim.session.ended() == null; round++) {
      victim.send(heartbeat(vectorOf(Bounds.REPLICAS / 3, round)));
      victim.send(
          Frame.newBuilder()
              .setAck(
                  Ack.newBuilder().setVector(Frames.bytes(vectorOf(Bounds.REPLICAS / 3, round)))));
    }
    victim.expectEnd(Reason.MALFORMED_FRAME, "too many replicas");
  }

  private static Frame.Builder heartbeat(VersionVector vector) {
    return Frame.newBuilder()
        .setHeartbeat(Heartbeat.newBuilder().setVector(Frames.bytes(vector)).setMillis(-1));
  }

  private static VersionVector vectorOf(int replicas, int round) {
    VersionVector.Builder vector = new VersionVector.Builder(replicas);
    for (int i = 0; i < replicas; i++) {
      vector.add(1000 + (long) round * replicas + i, Long.MAX_VALUE);
    }
    return vector.build();
  }

  @Test
  void whatAPeerClaimsToHaveSeenOverflowsNoNumber() {
    victim.greet();
    victim.send(heartbeat(vectorOf(3, 0)));
    Stores.await(
        () -> victim.session.status().behindOperations() > 0,
        () -> "" + victim.session.status().behindOperations());
    assertThat(victim.session.status().behindOperations()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aPartOfARunThatIsNoBatchIsMalformed() {
    victim.greet();
    victim.send(
        Frame.newBuilder()
            .setRunBegin(
                RunBegin.newBuilder().setCoverage(HostileContentTest.coverage(Victim.PEER, 1))));
    victim.send(
        Frame.newBuilder()
            .setRunPart(RunPart.newBuilder().setPayload(Payloads.pack(new byte[] {5, 1, 2}, 3))));
    victim.expectEnd(Reason.MALFORMED_FRAME);
  }
}
