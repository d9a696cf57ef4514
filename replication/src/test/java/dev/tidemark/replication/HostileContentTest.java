package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Payload;
import dev.tidemark.replication.v1.RunBegin;
import dev.tidemark.replication.v1.RunEnd;
import dev.tidemark.replication.v1.RunPart;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.log.OriginCoverage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Commits and runs that a store must not take, from a peer that it has let in. */
class HostileContentTest {
  @RegisterExtension final Stores stores = new Stores();

  private Victim victim;

  @BeforeEach
  void open() {
    victim = Victim.of(stores);
    victim.greet();
  }

  private Tidemark author(int updates) {
    Tidemark author = stores.open("author", (int) Victim.PEER);
    Stores.write(author, 1, updates);
    return author;
  }

  static ByteString coverage(long origin, long after) {
    return coverage(List.of(one(origin, after)));
  }

  private static ByteString coverage(List<OriginCoverage> origins) {
    return Frames.bytes(origins);
  }

  private static OriginCoverage one(long origin, long after) {
    return new OriginCoverage(origin, 0, after, 1L << 20, VersionVector.EMPTY, 0, 1);
  }

  private void sendRun(RunBegin.Builder begin) {
    if (begin.getState()) {
      victim.offerState();
    }
    victim.send(Frame.newBuilder().setRunBegin(begin));
  }

  @Test
  void aCommitThatIsCutShortIsMalformed() {
    byte[] plain = Payloads.unpack(Victim.payload(author(1), 0));
    victim.send(Victim.commits(Payloads.pack(plain, plain.length - 1)));
    victim.expectEnd(Reason.MALFORMED_FRAME);
  }

  @Test
  void aCommitOfNoBytesIsRefused() {
    victim.send(Victim.commits(Payloads.pack(new byte[100], 100)));
    victim.expectEnd(Reason.REFUSED_CONTENT);
  }

  /** Of whatever strategy it says it is: what is not known is never passed over. */
  @Test
  void aStrategyThatNobodyKnowsIsRefused() {
    Tidemark author =
        stores.open("author", Stores.options((int) Victim.PEER), Schema.of("set/", Strategy.G_SET));
    author.update("set/1", new Update.Add(Bytes.utf8("a")));
    victim.send(Victim.commits(Victim.payload(author, 0)));
    victim.expectEnd(Reason.REFUSED_CONTENT, "another schema");
  }

  @Test
  void aGapInAnOriginsOrderIsRefused() {
    victim.send(Victim.commits(Victim.payload(author(3), 1)));
    victim.expectEnd(Reason.REFUSED_CONTENT, "gap");
  }

  /** A copy of this replica's id has made operations that this store has not. */
  @Test
  void whatClaimsToBeThisReplicasOwnIsRefused() {
    Tidemark forger = stores.open("forger", 1);
    Stores.write(forger, 2, 30);
    victim.send(Victim.commits(Victim.payload(forger, 20)));
    victim.expectEnd(Reason.REFUSED_CONTENT, "this replica's own");
  }

  /** The peer says one thing here and another there, under the same number. */
  @Test
  void anotherOperationUnderTheSameNumberIsRefused() {
    Tidemark other = stores.open("other", 7);
    Stores.write(other, 3, 5);
    victim.send(Victim.commits(Victim.payload(other, 0)));
    Stores.await(() -> victim.store.vector().get(7) == 5, () -> "" + victim.session.ended());
    victim.begin();
    victim.greet();
    Tidemark twin = stores.open("twin", 7);
    Stores.write(twin, 4, 6);
    victim.send(Victim.commits(Victim.payload(twin, 5)));
    victim.expectEnd(Reason.FORKED, "another history");
    victim.expectHealth();
  }

  @Test
  void aStampFromTheFutureIsRefusedInItsAuthorsSession() {
    Options ahead =
        Options.defaults()
            .withReplicaId(Victim.PEER)
            .withClock(() -> System.currentTimeMillis() + 3_600_000);
    Tidemark other = stores.open("ahead", ahead);
    Stores.write(other, 1, 1);
    victim.send(Victim.commits(Victim.payload(other, 0)));
    victim.expectEnd(Reason.REFUSED_CONTENT, "future");
    victim.expectHealth();
  }

  @Test
  void aRunFromTheFutureIsRefusedInItsAuthorsSession() {
    sendRun(
        RunBegin.newBuilder()
            .setCoverage(
                coverage(
                    List.of(
                        new OriginCoverage(
                            Victim.PEER, 0, 1, Long.MAX_VALUE, VersionVector.EMPTY, 0, 1)))));
    victim.expectEnd(Reason.REFUSED_CONTENT, "future");
  }

  @Test
  void aRunThatKnowsMoreOfThisReplicaThanItselfIsRefused() {
    sendRun(RunBegin.newBuilder().setCoverage(coverage(1, Long.MAX_VALUE)));
    victim.expectEnd(Reason.REFUSED_CONTENT, "knows more of this replica");
  }

  @Test
  void aRunThatLeavesAGapIsRefused() {
    sendRun(
        RunBegin.newBuilder()
            .setCoverage(
                coverage(
                    List.of(
                        new OriginCoverage(
                            Victim.PEER, 5, 9, 1L << 20, VersionVector.EMPTY, 0, 1)))));
    victim.expectEnd(Reason.REFUSED_CONTENT, "gap");
  }

  @Test
  void aCoverageThatIsOutOfOrderIsMalformed() {
    ByteWriter twice = new ByteWriter().varint(2);
    for (int i = 0; i < 2; i++) {
      twice.i64(9).varint(0).varint(1).i64(1 << 20).varint(0).i64(0).i64(1);
    }
    sendRun(RunBegin.newBuilder().setCoverage(ByteString.copyFrom(twice.toByteArray())));
    victim.expectEnd(Reason.MALFORMED_FRAME);
  }

  /** They would stand in every vector and every greeting of this store from then on. */
  @Test
  void moreReplicasThanAStoreTakesAreRefusedBeforeOneOfThemIsTaken() {
    List<OriginCoverage> many = new ArrayList<>();
    for (int i = 0; i < Limits.MAX_REPLICAS; i++) {
      many.add(one(1000 + i, 1));
    }
    sendRun(RunBegin.newBuilder().setCoverage(coverage(many)));
    victim.expectEnd(Reason.REFUSED_CONTENT, "more replicas than a store takes");
    victim.expectHealth();
  }

  @Test
  void moreReplicasThanAFrameMayNameAreNotLookedAt() {
    List<OriginCoverage> many = new ArrayList<>();
    for (int i = 0; i < 200_000; i++) {
      many.add(one(1000 + i, 1));
    }
    sendRun(RunBegin.newBuilder().setCoverage(coverage(many)));
    victim.expectEnd(Reason.MALFORMED_FRAME, "too many replicas");
  }

  /** Whoever took it would have nobody read on behind it who has not seen the same. */
  @Test
  void aStateThatForgetsWhatItHasNotSeenIsRefused() {
    Floor floor = new Floor(1, VersionVector.of(77, Long.MAX_VALUE));
    sendRun(
        RunBegin.newBuilder()
            .setState(true)
            .setCoverage(coverage(Victim.PEER, 1))
            .setFloor(Frames.bytes(floor)));
    victim.expectEnd(Reason.REFUSED_CONTENT, "forgets what it has not seen");
    victim.expectHealth();
  }

  /** This store holds what the peer's state has forgotten, or so the peer says. */
  @Test
  void aStateThatForgetsWhatThisStoreHasNotSeenIsRefusedByName() {
    Floor floor = new Floor(1, VersionVector.of(Victim.PEER, 1));
    sendRun(
        RunBegin.newBuilder()
            .setState(true)
            .setCoverage(coverage(Victim.PEER, 1))
            .setFloor(Frames.bytes(floor)));
    victim.expectEnd(Reason.REFUSED_CONTENT, "older than what its peers have forgotten");
    victim.expectHealth();
  }

  @Test
  void aRunThatEndsBeforeItsLastPartIsNotTaken() {
    sendRun(RunBegin.newBuilder().setCoverage(coverage(Victim.PEER, 1)));
    victim.send(Frame.newBuilder().setRunEnd(RunEnd.getDefaultInstance()));
    victim.expectEnd(Reason.MALFORMED_FRAME);
    victim.expectHealth();
  }

  @Test
  void aRunThatGoesOnBehindItsLastPartIsNotTaken() {
    sendRun(RunBegin.newBuilder().setCoverage(coverage(Victim.PEER, 1)));
    Payload none = Payloads.pack(new byte[1], 1);
    victim.send(Frame.newBuilder().setRunPart(RunPart.newBuilder().setPayload(none)));
    victim.send(Frame.newBuilder().setRunPart(RunPart.newBuilder().setPayload(none)));
    victim.expectEnd(Reason.MALFORMED_FRAME, "behind its last part");
    victim.expectHealth();
  }

  @Test
  void aRunWhoseEndLiesAboutItsPartsIsNotTaken() {
    sendRun(RunBegin.newBuilder().setCoverage(coverage(Victim.PEER, 1)));
    Payload none = Payloads.pack(new byte[1], 1);
    victim.send(Frame.newBuilder().setRunPart(RunPart.newBuilder().setPayload(none)));
    victim.send(
        Frame.newBuilder()
            .setRunEnd(
                RunEnd.newBuilder().setParts(-1).setSha256(ByteString.copyFrom(new byte[32]))));
    victim.expectEnd(Reason.MALFORMED_FRAME, "not what its end says");
    victim.expectHealth();
  }

  /**
   * A name of a file means nothing here: a record's key is a key, and the store makes its files.
   */
  @Test
  void aKeyThatLooksLikeAPathIsAKey() {
    Tidemark author = stores.open("author", (int) Victim.PEER);
    String key = "set/../../../../etc/passwd\u0000\u001b[2J";
    author.update(key, new Update.Add(Bytes.utf8("/absolute")));
    victim.send(Victim.commits(Victim.payload(author, 0)));
    Stores.await(
        () -> victim.store.vector().get(Victim.PEER) == 1, () -> "" + victim.session.ended());
    assertThat(victim.store.value(key)).isEqualTo(author.value(key));
  }
}
