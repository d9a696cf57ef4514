package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.OperationsAnswer;
import dev.tidemark.replication.v1.OperationsRequest;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.replication.wire.Reason;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Questions for operations that did not come, and answers that nobody asked for. */
class HostileOperationsTest {
  @RegisterExtension final Stores stores = new Stores();

  private Victim victim;

  @BeforeEach
  void open() {
    victim = Victim.of(stores);
    victim.greet();
  }

  private static OperationsRequest.Builder request(long replica, long sequence) {
    return OperationsRequest.newBuilder().setId(1).setReplicaId(replica).setSequence(sequence);
  }

  private void ask(OperationsRequest.Builder request) {
    victim.send(Frame.newBuilder().setOperationsRequest(request));
  }

  private OperationsAnswer answer() {
    Frame frame = victim.link.next();
    while (!frame.hasOperationsAnswer()) {
      frame = victim.link.next();
    }
    return frame.getOperationsAnswer();
  }

  @Test
  void whatIsThereIsGivenInItsOrder() {
    long own = victim.store.replicaId();
    ask(request(own, 3));

    OperationsAnswer answer = answer();
    assertThat(answer.getSeen()).isEqualTo(victim.store.vector().get(own));
    ByteReader in = new ByteReader(Payloads.unpack(answer.getCommits()));
    long next = 3;
    while (in.remaining() > 0) {
      byte[] commit = in.bytes("commit bytes", Limits.MAX_COMMIT_BYTES);
      assertThat(CommitCodec.decodeHeader(new ByteReader(commit)).firstSequence()).isEqualTo(next);
      next++;
    }
    assertThat(next).isEqualTo(answer.getSeen() + 1);
    victim.expectHealth();
  }

  @Test
  void nothingIsGivenOfWhatIsNotThere() {
    for (OperationsRequest.Builder request :
        List.of(
            request(77, 1),
            request(victim.store.replicaId(), 1000),
            request(victim.store.replicaId(), Long.MAX_VALUE))) {
      ask(request);
      assertThat(Payloads.unpack(answer().getCommits())).isEmpty();
    }
    victim.expectHealth();
  }

  @Test
  void impossibleOperationsAreNotAskedFor() {
    for (OperationsRequest.Builder request :
        List.of(request(0, 1), request(77, 0), request(77, -1))) {
      victim.begin();
      victim.greet();
      ask(request);
      victim.expectEnd(Reason.MALFORMED_FRAME);
    }
  }

  @Test
  void idsThatAreNoneAreRefused() {
    ask(request(77, 1).setRetired(ByteString.copyFrom(new byte[9])));

    victim.expectEnd(Reason.MALFORMED_FRAME);
  }

  @Test
  void anAnswerThatNobodyAskedForIsRefused() {
    victim.send(Frame.newBuilder().setOperationsAnswer(OperationsAnswer.newBuilder().setId(1)));

    victim.expectEnd(Reason.UNEXPECTED_FRAME);
  }

  /** Each question is a look into the log: not all need be answered, but the last is. */
  @Test
  void whoAsksWithoutEndWaitsAndDisturbsNobody() {
    int questions = 2_000;
    for (int id = 1; id <= questions; id++) {
      ask(request(victim.store.replicaId(), 1 + id % 20).setId(id));
    }

    long answered = 0;
    while (answered < questions) {
      long next = answer().getId();
      assertThat(next).isGreaterThan(answered);
      answered = next;
    }
    victim.expectNothing();
    victim.expectHealth();
  }

  /** Where no cluster was founded nobody can be retired; and never the store that is told so. */
  @Test
  void nobodyIsRetiredWhoIsNoMemberOrIsTheStoreItself() {
    long own = victim.store.replicaId();
    victim.store.members().found();
    VersionVector before = victim.store.vector();
    ask(request(own, 1).setRetired(Frames.ids(List.of(own, 77L, Victim.PEER))));
    answer();

    assertThat(victim.store.vector()).isEqualTo(before);
    assertThat(victim.store.members().report().members()).contains(own);
  }
}
