package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Goodbye;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What somebody unknown may say first. */
class HostileGreetingTest {
  @RegisterExtension final Stores stores = new Stores();

  private Victim victim;

  @BeforeEach
  void open() {
    victim = Victim.of(stores);
  }

  @Test
  void theFirstFrameOfSomebodyUnknownIsSmall() {
    victim.deliver(new byte[Bounds.HELLO_BYTES + 1]);
    victim.expectEnd(Reason.OVERSIZE_FRAME);
  }

  @Test
  void nothingComesBeforeTheGreeting() {
    victim.pull();
    victim.expectEnd(Reason.UNEXPECTED_FRAME);
  }

  @Test
  void nobodyGreetsTwice() {
    victim.greet();
    victim.greet();
    victim.expectEnd(Reason.UNEXPECTED_FRAME);
  }

  /** Versions are unsigned, and a range may be the wrong way round. */
  @ParameterizedTest
  @CsvSource({"2, -1", "0, 0", "-1, 1", "2, 2", "-1, -1"})
  void aVersionThatIsNotSpokenIsRefused(int least, int most) {
    victim.greet(Victim.hello().setMinVersion(least).setMaxVersion(most));
    victim.expectEnd(Reason.WRONG_VERSION);
  }

  @Test
  void aPeerThatSpeaksLaterVersionsTooIsWelcome() {
    victim.greet(Victim.hello().setMaxVersion(-1));
    Stores.await(
        () -> victim.session.inbound() == Session.Inbound.RECEIVING,
        () -> "" + victim.session.ended());
  }

  @Test
  void anotherClusterIsRefused() {
    victim.greet(Victim.hello().setCluster("test\u0000"));
    victim.expectEnd(Reason.WRONG_CLUSTER, "theirs=test\\u0000");
  }

  @ParameterizedTest
  @CsvSource({"0, 16", "9, 15", "9, 17", "9, 0"})
  void whoGivesNoIdentityIsRefused(long replica, int storeIdBytes) {
    victim.greet(
        Victim.hello()
            .setReplicaId(replica)
            .setStoreId(ByteString.copyFrom(new byte[storeIdBytes])));
    victim.expectEnd(Reason.MALFORMED_FRAME);
  }

  @Test
  void whoHasTheIdOfTheStoreItselfIsRefused() {
    victim.greet(Victim.hello().setReplicaId(1));
    victim.expectEnd(Reason.DUPLICATE_REPLICA);
  }

  @Test
  void whoSaysThatItIsThisVeryReplicatorIsRefused() {
    victim.greet(Victim.hello().setInstance(77));
    victim.expectEnd(Reason.SELF);
  }

  @Test
  void aVectorThatIsNoneIsRefused() {
    victim.greet(Victim.hello().setVector(ByteString.copyFrom(new byte[] {1, 2, 3})));
    victim.expectEnd(Reason.MALFORMED_FRAME);
  }

  @Test
  void aHistoryThatIsNoneIsRefused() {
    victim.greet(Victim.hello().setHistories(ByteString.copyFrom(new byte[] {7})));
    victim.expectEnd(Reason.MALFORMED_FRAME);
  }

  /** As many operations, and others: neither end would ever have noticed while nothing is made. */
  @Test
  void whoHasOtherOperationsOfAReplicaUnderTheSameIdsIsRefused() {
    Tidemark copied = stores.open("copied", 1);
    Stores.write(copied, 2, 20);
    assertThat(copied.vector()).isEqualTo(victim.store.vector());
    victim.greet(
        Victim.hello()
            .setVector(Frames.bytes(copied.vector()))
            .setHistories(Frames.bytes(copied.histories())));
    victim.expectEnd(Reason.FORKED);
  }

  /** What it says of this replica is held against the log, also where it has seen less of it. */
  @Test
  void whoHasSeenTheBeginningOfThisReplicasHistoryStopsNobody() {
    Tidemark behind = stores.open("behind", 9);
    try (Exchange some = new Exchange(victim.store, behind)) {
      some.pull();
    }
    Stores.write(victim.store, 3, 5);
    victim.begin();
    victim.greet(
        Victim.hello()
            .setVector(Frames.bytes(behind.vector()))
            .setHistories(Frames.bytes(behind.histories())));
    Stores.await(() -> victim.session.peer() != null, () -> "" + victim.session.ended());
    victim.expectNothing();
    Stores.write(victim.store, 4, 1);
  }

  @Test
  void whoHasSeenMoreOfThisReplicaThanItMadeShowsThatItWasRolledBack() {
    victim.greet(Victim.hello().setVector(Frames.bytes(VersionVector.of(1, 21))));
    victim.expectEnd(Reason.ROLLED_BACK);
  }

  /** What a stranger calls itself ends in logs and on terminals. */
  @Test
  void aNameIsKeptShortAndShowsNoControlCharacter() {
    victim.greet(Victim.hello().setName("peer\u001b[2J\r\n\u202e\u2066" + "x".repeat(100_000)));
    Stores.await(() -> victim.session.peer() != null, () -> "" + victim.session.ended());
    assertThat(victim.session.peer().name())
        .startsWith("peer\\u001b[2J\\u000d\\u000a\\u202e\\u2066x")
        .hasSizeLessThan(2 * Bounds.TEXT_CHARS)
        .matches("\\p{Print}*");
  }

  /** The reason alone was believed, and the store never wrote again. */
  @Test
  void aPeerThatSaysRetiredWithoutAProofIsNotBelieved() {
    victim.send(
        Frame.newBuilder().setGoodbye(Goodbye.newBuilder().setReason(Reason.RETIRED.name())));
    victim.expectEnd(Reason.RETIRED);
    Stores.write(victim.store, 2, 1);
  }

  /** It was never dialled again, and was not counted where a majority was. */
  @Test
  void whoSaysThatThisIsItselfIsNotBelieved() {
    victim.greet();
    victim.send(Frame.newBuilder().setGoodbye(Goodbye.newBuilder().setReason("SELF")));
    victim.expectEnd(Reason.LEAVING);
  }

  @Test
  void whatItSaysAtTheEndShowsNoControlCharacterEither() {
    victim.greet();
    victim.send(
        Frame.newBuilder()
            .setGoodbye(
                Goodbye.newBuilder()
                    .setReason("\u0007")
                    .setDetail("\u001b]0;x\u0007\n".repeat(9))));
    victim.expectEnd(Reason.LEAVING);
    assertThat(victim.session.ended().getMessage()).matches("\\p{Print}*");
  }
}
