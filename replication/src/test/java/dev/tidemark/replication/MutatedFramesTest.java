package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tidemark.CommitStream;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.replication.v1.Ack;
import dev.tidemark.replication.v1.Chunk;
import dev.tidemark.replication.v1.ChunkRequest;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Goodbye;
import dev.tidemark.replication.v1.Heartbeat;
import dev.tidemark.replication.v1.MemberWord;
import dev.tidemark.replication.v1.Members;
import dev.tidemark.replication.v1.OperationsAnswer;
import dev.tidemark.replication.v1.OperationsRequest;
import dev.tidemark.replication.v1.RepairKeys;
import dev.tidemark.replication.v1.RepairMoment;
import dev.tidemark.replication.v1.RepairRequest;
import dev.tidemark.replication.v1.RunBegin;
import dev.tidemark.replication.v1.StateOffer;
import dev.tidemark.replication.v1.VectorRequest;
import dev.tidemark.replication.v1.Waiting;
import dev.tidemark.replication.v1.WiderMoment;
import dev.tidemark.replication.v1.WiderRefusal;
import dev.tidemark.replication.v1.WiderRequest;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Frames of every kind, altered and sealed again, as no network does and a hostile peer may: the
 * session ends under a name that is not a fault of ours, or goes on, and nothing is taken but what
 * somebody made.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MutatedFramesTest {
  private static final int ROUNDS = Integer.getInteger("tidemark.mutations", 400);
  private static final long SEED = Long.getLong("tidemark.mutations.seed", 3);

  @RegisterExtension final Stores stores = new Stores();

  @Test
  void changeNothingAndEndTheSessionByNameOrAreHarmless() {
    Victim victim = Victim.of(stores);
    Tidemark other = stores.open("other", (int) Victim.PEER);
    Stores.write(other, 1, 30);
    List<byte[]> corpus = corpus(other);
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] mutated = mutated(corpus.get(random.nextInt(corpus.size())), random);
      victim.begin();
      victim.greet();
      victim.deliverSealed(mutated);
      // One that is greeted twice ends, if it has not yet.
      victim.greet();
      victim.awaitEnd();
      assertThat(victim.session.ended().reason())
          .as("seed %d, round %d: %s", SEED, round, victim.session.ended())
          .isNotEqualTo(Reason.LOCAL_FAILURE);
      assertThat(other.vector().dominates(victim.store.vector().without(1)))
          .as("seed %d, round %d", SEED, round)
          .isTrue();
    }
    victim.expectHealth();
  }

  /** What an honest peer sends, one of each kind. */
  private static List<byte[]> corpus(Tidemark other) {
    List<Frame.Builder> frames = new ArrayList<>();
    frames.add(Victim.commits(Victim.payload(other, 0)));
    frames.add(Victim.pullOf(VersionVector.EMPTY));
    // A replica that is told of more than it made takes itself for an old copy: so none is near it.
    ByteString vector = Frames.bytes(VersionVector.of(0x5a5a5a5a5a5a5a5aL, 30));
    frames.add(frame().setHello(Victim.hello()));
    frames.add(frame().setAck(Ack.newBuilder().setVector(vector).setPosition(7)));
    frames.add(frame().setHeartbeat(Heartbeat.newBuilder().setVector(vector).setMillis(1)));
    frames.add(frame().setVectorRequest(VectorRequest.newBuilder().setId(3)));
    frames.add(frame().setStateOffer(StateOffer.newBuilder().setCut(vector)));
    frames.add(frame().setWaiting(Waiting.newBuilder().setVector(vector)));
    frames.add(frame().setGoodbye(Goodbye.newBuilder().setReason("LEAVING").setDetail("so long")));
    ByteString hash = ByteString.copyFrom(new byte[32]);
    frames.add(frame().setChunkRequest(ChunkRequest.newBuilder().setHash(hash)));
    frames.add(frame().setChunk(Chunk.newBuilder().setHash(hash).setFound(true).setImage(hash)));
    ByteString ids = Frames.ids(List.of(5L, 6L));
    frames.add(
        frame()
            .setOperationsRequest(
                OperationsRequest.newBuilder()
                    .setId(1)
                    .setReplicaId(Victim.PEER)
                    .setSequence(3)
                    .setRetired(ids)));
    frames.add(
        frame()
            .setOperationsAnswer(
                OperationsAnswer.newBuilder()
                    .setId(1)
                    .setSeen(30)
                    .setCommits(Victim.payload(other, 0))
                    .setMembers(ids)
                    .setRetired(ids)));
    frames.add(
        frame()
            .setMembers(
                Members.newBuilder()
                    .addMembers(
                        MemberWord.newBuilder()
                            .setName("peer")
                            .setReplicaId(Victim.PEER)
                            .addAddresses("127.0.0.1:7001")
                            .setState(MemberWord.State.ALIVE))));
    frames.add(
        frame()
            .setRepairRequest(
                RepairRequest.newBuilder()
                    .setId(1)
                    .setMoment(RepairMoment.newBuilder().setVector(vector))));
    frames.add(
        frame()
            .setRepairRequest(
                RepairRequest.newBuilder().setId(2).setKeys(RepairKeys.getDefaultInstance())));
    ByteString interest = Frames.bytes(Interest.ofPrefixes(List.of("set/")));
    frames.add(
        frame()
            .setWiderRequest(
                WiderRequest.newBuilder()
                    .setHeld(interest)
                    .setInterest(interest)
                    .setVector(vector)));
    frames.add(frame().setWiderMoment(WiderMoment.newBuilder().setVector(vector)));
    frames.add(frame().setWiderRefusal(WiderRefusal.newBuilder().setDetail("not now")));
    other.compact();
    other.sync();
    try (CommitStream stream = other.commits(1)) {
      assertThat(stream.next() && stream.isRun()).isTrue();
      ByteString coverage = Frames.bytes(stream.run().coverage());
      frames.add(frame().setRunBegin(RunBegin.newBuilder().setCoverage(coverage).setPosition(1)));
    }
    return frames.stream().map(frame -> frame.build().toByteArray()).toList();
  }

  private static Frame.Builder frame() {
    return Frame.newBuilder();
  }

  /** Some bits turned, the end missing, or a piece of it twice. */
  private static byte[] mutated(byte[] frame, Random random) {
    int at = random.nextInt(frame.length);
    switch (random.nextInt(4)) {
      case 0:
        return Arrays.copyOf(frame, at);
      case 1:
        byte[] longer = Arrays.copyOf(frame, frame.length + frame.length - at);
        System.arraycopy(frame, at, longer, frame.length, frame.length - at);
        return longer;
      default:
        byte[] turned = frame.clone();
        for (int bits = 1 + random.nextInt(3); bits > 0; bits--) {
          turned[random.nextInt(turned.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return turned;
    }
  }
}
