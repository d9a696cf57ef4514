package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tidemark.Exchanges;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.PartialCommit;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.replication.consistency.Acknowledged;
import dev.tidemark.replication.consistency.Level;
import dev.tidemark.replication.session.SessionStatus;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.RunBegin;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.replication.wire.Reason;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sessions between stores that hold different keys. */
class InterestsTest {
  private static final Interest SETS = Interest.ofPrefixes(List.of("set/"));
  private static final Duration QUIET = Duration.ofHours(1);
  private static final Interest COUNTS = Interest.ofPrefixes(List.of("count/"));

  @RegisterExtension final Stores stores = new Stores();

  private Replicator start(Tidemark store, String name, Replicator... peers) throws Exception {
    return start(store, name, UnaryOperator.identity(), peers);
  }

  private Replicator start(
      Tidemark store, String name, UnaryOperator<ReplicationOptions> more, Replicator... peers)
      throws Exception {
    return stores.start(store, more.apply(Loopback.options(name).withPeers(Loopback.of(peers))));
  }

  private static void expectShared(String prefix, Tidemark one, Tidemark other) {
    for (int key = 0; key < 5; key++) {
      assertThat(other.value(prefix + key)).isEqualTo(one.value(prefix + key));
    }
  }

  @Test
  void storesOfDifferentInterestsAgreeOnWhatTheyShareWhileAllWrite() throws Exception {
    Tidemark all = stores.open(1);
    Tidemark sets = stores.open(2, SETS);
    Tidemark both = stores.open(3, SETS.union(COUNTS));
    Replicator hub = start(all, "all");
    Replicator second = start(sets, "sets", hub);
    start(both, "both", hub, second);
    for (int round = 0; round < 3; round++) {
      Stores.write(all, round, 100);
      Stores.write(sets, 10 + round, 100);
      Stores.write(both, 20 + round, 100);
    }
    Stores.awaitSeen(all, sets, both);

    expectShared("set/", all, sets);
    expectShared("set/", all, both);
    expectShared("count/", all, both);
    Set<Interest> others = Set.of(SETS, SETS.union(COUNTS));
    Stores.await(
        () ->
            hub.status().sessions().size() == 2
                && hub.status().sessions().stream()
                    .map(SessionStatus::interest)
                    .collect(Collectors.toSet())
                    .equals(others),
        () -> "sessions of others: " + hub.status());
  }

  @Test
  void whatAPeerLacksIsWaitedForUntilItComesFromElsewhere() throws Exception {
    Tidemark all = stores.open(1);
    Tidemark sets = stores.open(2, SETS);
    Stores.write(all, 1, 200);
    Replicator hub = start(all, "all");
    Replicator part = start(sets, "sets", hub);
    Stores.awaitSeen(all, sets);
    hub.close();
    Stores.write(sets, 2, 50);

    Tidemark late = stores.open(3);
    Replicator newcomer = start(late, "late", part);
    Stores.await(
        () -> part.status().sessions().stream().anyMatch(SessionStatus::lacking),
        () -> "nothing is lacking: " + part.status());
    assertThat(late.vector().get(2)).isZero();
    start(all, "all", newcomer);
    Stores.awaitSeen(all, sets, late);
    Stores.awaitEqual(all, late);
  }

  /**
   * Two stores that each hold a part and have seen each other's updates take turns in giving them
   * to one that holds all. They heard of what that one had from the other by its heartbeats only:
   * as long as it sent something else, never.
   */
  @Test
  void whoWaitsForWhatComesFromElsewhereIsToldBeforeAHeartbeat() throws Exception {
    Tidemark sets = stores.open(1, SETS);
    Tidemark counts = stores.open(2, COUNTS);
    for (int turn = 0; turn < 20; turn++) {
      sets.update("set/" + turn % 5, new Update.Add(Bytes.utf8("s" + turn)));
      counts.update("count/" + turn % 5, new Update.Increment(1));
      sets.sync();
      counts.sync();
      Exchanges.pull(sets, counts);
      Exchanges.pull(counts, sets);
    }
    Tidemark all = stores.open(3);
    Replicator first = quiet(sets, "sets");
    Replicator second = quiet(counts, "counts");
    quiet(all, "all", first, second);
    Stores.awaitSeen(all, sets, counts);

    expectShared("set/", all, sets);
    expectShared("count/", all, counts);
  }

  /** One that tells nothing only because time has passed. */
  private Replicator quiet(Tidemark store, String name, Replicator... peers) throws Exception {
    return start(
        store,
        name,
        options -> options.withHeartbeat(QUIET).withPatience(QUIET.multipliedBy(2)),
        peers);
  }

  @Test
  void onlyMembersThatHoldTheKeyCountForALevel() throws Exception {
    Tidemark all = stores.open(1);
    Tidemark sets = stores.open(2, SETS);
    Tidemark counts = stores.open(3, COUNTS);
    Replicator first = start(sets, "sets");
    Replicator second = start(counts, "counts");
    Replicator hub = start(all, "all", first, second);
    Stores.await(
        () -> hub.status().sessions().stream().filter(s -> s.replicaId() != 0).count() == 2,
        () -> "not connected: " + hub.status());

    Acknowledged done =
        hub.update(
            "set/1",
            key -> key.update(new Update.Add(Bytes.utf8("m"))),
            Level.ALL,
            Duration.ofSeconds(60));

    assertThat(done.progress().members()).isEqualTo(2);
    assertThat(done.progress().names()).containsExactly("all", "sets");
    assertThat(sets.value("set/1")).isEqualTo(all.value("set/1"));
  }

  /** As long as it was never met it counts; a ring's members are met anew when they hold others. */
  @Test
  void whoIsFoundNotToHoldTheKeyIsNotWaitedForAnyMore() throws Exception {
    Tidemark all = stores.open(1);
    Tidemark sets = stores.open(2, SETS);
    Tidemark counts = stores.open(3, COUNTS);
    Replicator first = start(sets, "sets");
    InetSocketAddress unmet = Loopback.unused(1).get(0);
    Replicator hub =
        stores.start(
            all, Loopback.options("all").withPeers(List.of(Loopback.at(first.port()), unmet)));
    CompletableFuture<Acknowledged> waiting =
        CompletableFuture.supplyAsync(
            () ->
                hub.update(
                    "set/1",
                    key -> key.update(new Update.Add(Bytes.utf8("m"))),
                    Level.ALL,
                    Duration.ofSeconds(60)));
    Stores.await(() -> sets.vector().get(1) > 0, () -> "nothing has come: " + hub.status());
    assertThat(waiting).isNotDone();
    stores.start(counts, Loopback.options("c").withListen(unmet));

    assertThat(waiting.get().progress().names()).containsExactly("all", "sets");
    assertThat(waiting.get().progress().members()).isEqualTo(2);
  }

  @Test
  void aCommitOfWhichSomethingIsWithheldIsRefusedByAStoreThatHoldsAll() {
    Victim victim = Victim.of(stores);
    victim.greet();
    Tidemark author = stores.open("author", (int) Victim.PEER);
    author.update("set/1", new Update.Add(Bytes.utf8("m")));
    ByteReader plain = new ByteReader(Payloads.unpack(Victim.payload(author, 0)));
    byte[] partial = PartialCommit.of(plain.bytes("commit", 1 << 20), COUNTS);
    ByteWriter out = new ByteWriter().bytes(partial);

    victim.send(Victim.commits(Payloads.pack(out.buffer(), out.length())));
    victim.expectEnd(Reason.REFUSED_CONTENT, "withholds");
    victim.expectHealth();
  }

  @Test
  void aRunThatIsNotWholeIsRefusedBeforeAnythingOfItComes() {
    Victim victim = Victim.of(stores);
    victim.greet();
    victim.send(
        Frame.newBuilder()
            .setRunBegin(
                RunBegin.newBuilder()
                    .setCoverage(HostileContentTest.coverage(7, 1))
                    .setInterest(Frames.bytes(SETS))));
    victim.expectEnd(Reason.REFUSED_CONTENT, "withholds");
  }

  @Test
  void anInterestThatIsNoneEndsTheSession() {
    Victim victim = Victim.of(stores);
    byte[] many = new ByteWriter().varint(Interest.MAX_PARTS + 1).toByteArray();
    victim.greet(Victim.hello().setInterest(ByteString.copyFrom(many)));
    victim.expectEnd(Reason.MALFORMED_FRAME);
  }
}
