package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.replication.transport.Security;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.handover.StateExport;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Stores of one process that exchange what they know over loopback. */
class ReplicatorTest {
  @RegisterExtension final Stores stores = new Stores();

  private static ReplicationOptions options(String name) {
    return ReplicationOptions.of("test", name)
        .withPlainText()
        .withWaits(Duration.ofMillis(5), Duration.ofMillis(100));
  }

  private Replicator start(Tidemark store, ReplicationOptions options, Replicator... peers)
      throws Exception {
    return stores.closing(
        Replicator.start(store, options.withListen(Loopback.at(0)).withPeers(Loopback.of(peers))));
  }

  private static void awaitEnd(Replicator replicator, Reason reason) {
    Stores.await(
        () -> replicator.status().ended().containsKey(reason),
        () -> "no " + reason + ": " + replicator.status());
  }

  @Test
  void twoStoresSeeWhatWasWrittenBeforeAndAfterTheyMet() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Stores.write(a, 1, 300);
    Stores.write(b, 2, 300);
    Replicator listening = start(a, options("a"));
    start(b, options("b"), listening);

    Stores.awaitEqual(a, b);
    Stores.write(a, 3, 300);
    Stores.write(b, 4, 300);
    Stores.awaitEqual(a, b);
    assertThat(a.vector().get(2)).isEqualTo(600);
  }

  @Test
  void anAcknowledgementComesForWhatSurvivesAtThePeer() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Replicator listening = start(a, options("a"));
    start(b, options("b"), listening);
    Stores.write(a, 1, 50);

    Stores.await(
        () ->
            listening.status().sessions().stream()
                .anyMatch(session -> session.durable().get(1) == 50),
        () -> "no acknowledgement: " + listening.status());
    assertThat(b.vector().get(1)).isEqualTo(50);
  }

  @Test
  void aLineRelaysBothWays() throws Exception {
    List<Tidemark> line = new ArrayList<>();
    Replicator before = null;
    for (int i = 1; i <= 4; i++) {
      Tidemark store = stores.open(i);
      line.add(store);
      before =
          before == null ? start(store, options("n" + i)) : start(store, options("n" + i), before);
    }
    for (Tidemark store : line) {
      Stores.write(store, store.replicaId(), 100);
    }
    Stores.awaitEqual(line.toArray(Tidemark[]::new));
  }

  @Test
  void aStarAndAMeshAgreeWhileAllWrite() throws Exception {
    List<Tidemark> all = new ArrayList<>();
    List<Replicator> replicators = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      Tidemark store = stores.open(i);
      all.add(store);
      replicators.add(start(store, options("n" + i), replicators.toArray(Replicator[]::new)));
      Stores.write(store, i, 50);
    }
    Random random = new Random(7);
    for (int i = 0; i < 400; i++) {
      Stores.write(all.get(random.nextInt(4)), i, 1);
    }
    Stores.awaitEqual(all.toArray(Tidemark[]::new));
  }

  @Test
  void aLogThatWasCutIsReplacedByTheStateAndItsNewsPassOn() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Tidemark c = stores.open(3);
    Stores.write(a, 1, 2000);
    a.truncate();
    assertThat(a.status().firstPosition()).isGreaterThan(1);
    Stores.write(a, 2, 20);
    Stores.write(b, 3, 50);
    Replicator first = start(a, options("a"));
    Replicator second = start(b, options("b"), first);
    start(c, options("c"), second);

    Stores.awaitEqual(a, b, c);
    assertThat(first.status().sessions()).anyMatch(session -> session.states() == 1);
  }

  /** Without it an old write, arriving late, would come back at the receiver alone. */
  @Test
  void aStateBringsWhatItHasForgotten() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Tidemark late = stores.open(3);
    a.members().found();
    a.members().admit(2);
    Stores.write(a, 1, 500);
    settle(a, b);
    a.collect();
    a.truncate();
    Floor forgotten = floor(a);
    assertThat(forgotten.isNone()).isFalse();
    Replicator listening = start(a, options("a"));
    start(late, options("late"), listening);

    Stores.awaitEqual(a, late);
    assertThat(floor(late)).isEqualTo(forgotten);
  }

  private static void settle(Tidemark a, Tidemark b) {
    try (Exchange there = new Exchange(a, b);
        Exchange back = new Exchange(b, a)) {
      do {
        there.pull();
        back.pull();
      } while (a.members().acknowledge() | b.members().acknowledge());
    }
  }

  private static Floor floor(Tidemark store) {
    store.flush();
    try (StateExport state = store.export()) {
      return state.floor();
    }
  }

  @Test
  void aFoldedLogIsSentAsARun() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Stores.write(a, 1, 2000);
    a.compact();
    Replicator listening = start(a, options("a"));
    start(b, options("b"), listening);

    Stores.awaitEqual(a, b);
    assertThat(b.status().appendedPosition()).isLessThan(2000);
  }

  @Test
  void largeCommitsAreSentInFramesOfTheirOwn() throws Exception {
    Options inline =
        Options.defaults()
            .withInlineLimit(Limits.MAX_VALUE_BYTES)
            .withRetention(Retention.byCommandOnly());
    Tidemark a = stores.open("store1", inline.withReplicaId(1));
    Tidemark b = stores.open("store2", inline.withReplicaId(2));
    byte[] noise = new byte[900_000];
    for (int i = 0; i < 5; i++) {
      new Random(i).nextBytes(noise);
      a.update("value/" + i, new Update.SetValue(Bytes.wrap(noise.clone())));
    }
    a.commit(
        batch -> {
          for (int i = 0; i < 5; i++) {
            batch.update("value/" + i, new Update.SetValue(Bytes.wrap(noise.clone())));
          }
        });
    Replicator listening = start(a, options("a"));
    start(b, options("b"), listening);
    Stores.awaitEqual(a, b);
  }

  @Test
  void whoComesBackGoesOn() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    InetSocketAddress at = Loopback.unused(1).get(0);
    Replicator first = stores.start(a, options("a").withListen(at));
    Replicator dialling = stores.start(b, options("b").withPeers(List.of(at)));
    Stores.write(a, 1, 100);
    Stores.awaitEqual(a, b);

    first.close();
    Stores.write(a, 2, 100);
    Stores.write(b, 3, 100);
    awaitEnd(dialling, Reason.LEAVING);
    stores.start(a, options("a").withListen(at));
    Stores.awaitEqual(a, b);
  }

  @Test
  void whoDialEachOtherKeepOneSession() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    InetSocketAddress at = Loopback.unused(1).get(0);
    Replicator first = stores.start(a, options("a").withListen(at));
    Replicator second =
        stores.start(b, options("b").withListen(Loopback.at(0)).withPeers(List.of(at)));
    first.close();
    Replicator again = stores.start(a, options("a").withListen(at).withPeers(Loopback.of(second)));
    Stores.write(a, 1, 100);
    Stores.write(b, 2, 100);
    Stores.awaitEqual(a, b);
    Stores.await(
        () ->
            again.status().sessions().size() == 1
                && again.status().sessions().get(0).dialled()
                && second.status().sessions().size() == 1,
        () -> again.status() + " " + second.status());
  }

  @Test
  void anotherClusterIsRefusedAtBothEnds() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Stores.write(a, 1, 10);
    Replicator one = start(a, options("a"));
    Replicator other =
        stores.closing(
            Replicator.start(
                b,
                ReplicationOptions.of("elsewhere", "b")
                    .withPlainText()
                    .withPeers(List.of(Loopback.at(one.port())))));
    awaitEnd(one, Reason.WRONG_CLUSTER);
    awaitEnd(other, Reason.WRONG_CLUSTER);
    assertThat(b.vector().isEmpty()).isTrue();
  }

  @Test
  void twoStoresOfOneReplicaIdAreRefusedAtBothEnds() throws Exception {
    Tidemark a = stores.open("a", 1);
    Tidemark b = stores.open("b", 1);
    Replicator one = start(a, options("a"));
    Replicator other = start(b, options("b"), one);
    awaitEnd(one, Reason.DUPLICATE_REPLICA);
    awaitEnd(other, Reason.DUPLICATE_REPLICA);
  }

  @Test
  void aSecondStoreOfAConnectedReplicaIsRefusedAndTheFirstGoesOn() throws Exception {
    Tidemark a = stores.open("a", 1);
    Tidemark b = stores.open("b", 2);
    Tidemark copy = stores.open("copy", 2);
    Replicator one = start(a, options("a"));
    start(b, options("b"), one);
    Stores.write(a, 1, 10);
    Stores.awaitEqual(a, b);
    Replicator third = start(copy, options("copy"), one);
    awaitEnd(one, Reason.DUPLICATE_REPLICA);
    awaitEnd(third, Reason.DUPLICATE_REPLICA);
    Stores.write(a, 2, 10);
    Stores.awaitEqual(a, b);
  }

  /**
   * A name that stands for several machines, or is given to another, led to this one first, and was
   * never tried again.
   */
  @Test
  void whoDialsItselfTriesAgainForTheAddressMayBecomeAnothers() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Replicator other = start(b, options("b"));
    Way way = stores.closing(new Way(other.port()));
    InetSocketAddress own = Loopback.unused(1).get(0);
    way.lead(own);
    Replicator self =
        stores.closing(
            Replicator.start(a, options("a").withListen(own).withPeers(List.of(way.address()))));
    awaitEnd(self, Reason.SELF);
    way.lead(Loopback.at(other.port()));
    Stores.write(b, 1, 10);
    Stores.awaitEqual(a, b);
  }

  /** Passes on what comes. */
  private static final class Way extends Relay {
    Way(int target) throws IOException {
      super(target);
      open();
    }

    @Override
    Passage passage() {
      return InputStream::transferTo;
    }
  }

  @Test
  void withoutTheTokenNothingIsTold() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Stores.write(a, 1, 10);
    Replicator one =
        start(a, options("a").withSecurity(Security.PLAIN_TEXT.withToken("0123456789abcdef")));
    start(b, options("b"), one);
    awaitEnd(one, Reason.BAD_TOKEN);
    start(
        stores.open(3),
        options("c").withSecurity(Security.PLAIN_TEXT.withToken("0123456789abcdef")),
        one);
    Stores.await(() -> one.status().sessions().size() == 1, () -> "" + one.status());
    assertThat(b.vector().isEmpty()).isTrue();
  }

  @Test
  void whoIsNotOnTheListIsRefused() throws Exception {
    Tidemark a = stores.open(1);
    Replicator one = start(a, options("a").withAllowed(Set.of("c")));
    start(stores.open(2), options("b"), one);
    start(stores.open(3), options("c"), one);
    awaitEnd(one, Reason.NOT_ALLOWED);
    Stores.await(
        () -> one.status().sessions().stream().anyMatch(session -> session.name().equals("c")),
        () -> "" + one.status());
  }

  @Test
  void withoutTlsAndWithoutLeaveToDoWithoutNothingStarts() {
    Tidemark a = stores.open(1);
    assertThatThrownBy(() -> Replicator.start(a, ReplicationOptions.of("test", "a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TLS is required");
  }

  @Test
  void aStoreOfAnotherSchemaIsRefusedByName() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b =
        stores.closing(
            Tidemark.open(
                stores.root().resolve("other"),
                dev.tidemark.engine.schema.Schema.empty()
                    .and("set/", dev.tidemark.engine.strategy.Strategy.G_SET)));
    Stores.write(a, 1, 100);
    Replicator one = start(a, options("a"));
    Replicator other = start(b, options("b"), one);
    awaitEnd(other, Reason.REFUSED_CONTENT);
    assertThat(b.vector().isEmpty()).isTrue();
    other.close();
  }
}
