package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.replication.consistency.Acknowledged;
import dev.tidemark.replication.consistency.Level;
import dev.tidemark.replication.consistency.LevelTimeoutException;
import dev.tidemark.replication.wire.Reason;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Updates and reads that wait for other members. */
class LevelsTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(50);

  @RegisterExtension final Stores stores = new Stores();

  private final List<InetSocketAddress> addresses = new ArrayList<>();

  private Replicator start(Tidemark store, int number) throws Exception {
    List<InetSocketAddress> others = new ArrayList<>(addresses);
    others.remove(number);
    return stores.start(
        store, Loopback.options("n" + number).withListen(addresses.get(number)).withPeers(others));
  }

  private static Acknowledged add(Replicator at, String element, Level level, Duration timeout) {
    return at.update(
        "set/1", key -> key.update(new Update.Add(Bytes.utf8(element))), level, timeout);
  }

  private static Value read(Replicator at, Level level, Duration timeout) {
    return at.read(
        "set/1",
        key -> key.read(dev.tidemark.engine.lattice.CellRange.ALL, key.strategy().lattice()::value),
        level,
        timeout);
  }

  @Test
  void anUpdateAtAllMembersIsAtEachOfThemWhenItReturns() throws Exception {
    addresses.addAll(Loopback.unused(3));
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Tidemark c = stores.open(3);
    Replicator at = start(a, 0);
    start(b, 1);
    start(c, 2);

    for (int i = 0; i < 20; i++) {
      Acknowledged done = add(at, "e" + i, Level.ALL, LONG);

      assertThat(done.progress().names()).containsExactly("n0", "n1", "n2");
      assertThat(b.value("set/1")).isEqualTo(a.value("set/1"));
      assertThat(c.value("set/1")).isEqualTo(a.value("set/1"));
    }
  }

  /**
   * Who counts is known once an address was dialled, and that waited for seconds after it was in
   * vain: meanwhile a peer that had dialled in, and had acknowledged, was none.
   */
  @Test
  void aPeerThatHasDialledInCountsWithoutAWaitForTheNextTryToDialIt() throws Exception {
    addresses.addAll(Loopback.unused(3));
    Duration never = Duration.ofHours(1);
    Tidemark a = stores.open(1);
    Replicator at =
        stores.start(
            a,
            Loopback.options("n0")
                .withListen(addresses.get(0))
                .withPeers(addresses.subList(1, 3))
                .withWaits(never, never));
    Stores.await(
        () -> at.status().ended().getOrDefault(Reason.LOST, 0L) == 2, () -> "" + at.status());
    start(stores.open(2), 1);

    assertThat(add(at, "x", Level.MAJORITY, LONG).progress().names()).containsExactly("n0", "n1");

    start(stores.open(3), 2);
    assertThat(add(at, "y", Level.ALL, LONG).progress().names()).containsExactly("n0", "n1", "n2");
  }

  @Test
  void aReadAtAMajoritySeesWhatWasWrittenAtAnotherMajority() throws Exception {
    addresses.addAll(Loopback.unused(3));
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Replicator writer = start(a, 0);
    Replicator reader = start(b, 1);

    for (int i = 0; i < 20; i++) {
      add(writer, "e" + i, Level.MAJORITY, LONG);
      assertThat(read(reader, Level.MAJORITY, LONG)).isEqualTo(a.value("set/1"));
      add(reader, "f" + i, Level.LOCAL, LONG);
      assertThat(read(writer, Level.from(2), LONG)).isEqualTo(b.value("set/1"));
    }
  }

  @Test
  void whatIsNotAcknowledgedInTimeIsMadeAndTellsWhoHasIt() throws Exception {
    addresses.addAll(Loopback.unused(3));
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Replicator at = start(a, 0);
    start(b, 1);
    add(at, "first", Level.MAJORITY, LONG);

    LevelTimeoutException missing =
        catchThrowableOfType(LevelTimeoutException.class, () -> add(at, "x", Level.ALL, SHORT));

    assertThat(missing.progress().members()).isEqualTo(3);
    assertThat(missing.progress().names()).contains("n0").doesNotContain("n2");
    assertThat(missing.position()).isEqualTo(a.status().appendedPosition());
    assertThat(a.value("set/1"))
        .isEqualTo(new Value.Elements(List.of(Bytes.utf8("first"), Bytes.utf8("x"))));
    assertThatThrownBy(() -> read(at, Level.ALL, SHORT))
        .isInstanceOf(LevelTimeoutException.class)
        .hasMessageContaining("not enough members");
  }

  /** The acknowledgement of one session was lost, and nothing further was sent in the next. */
  @Test
  void aMemberThatHadItBeforeTheSessionBrokeAcknowledgesItInTheNext() throws Exception {
    addresses.addAll(Loopback.unused(2));
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Replicator first = start(a, 0);
    Replicator second = start(b, 1);
    add(first, "x", Level.ALL, LONG);
    second.close();
    first.close();

    Replicator again = start(a, 0);
    start(b, 1);

    assertThat(again.update("set/1", key -> a.status().appendedPosition(), Level.ALL, LONG))
        .extracting(done -> done.progress().reached().size())
        .isEqualTo(2);
  }

  @Test
  void whoIsNoMemberDoesNotCount() throws Exception {
    addresses.addAll(Loopback.unused(3));
    Tidemark a = stores.open(1);
    Replicator at = start(a, 0);
    Tidemark guest = stores.open(4);
    stores.closing(
        Replicator.start(
            guest,
            ReplicationOptions.of("test", "guest")
                .withPlainText()
                .withPeers(List.of(addresses.get(0)))));
    add(at, "x", Level.LOCAL, LONG);
    Stores.awaitEqual(a, guest);

    assertThatThrownBy(() -> add(at, "y", Level.MAJORITY, SHORT))
        .isInstanceOf(LevelTimeoutException.class);
  }

  @Test
  void aLevelAboveTheMembersIsRefusedAndChangesNothing() throws Exception {
    addresses.addAll(Loopback.unused(2));
    Tidemark a = stores.open(1);
    Replicator at = start(a, 0);

    assertThatThrownBy(() -> add(at, "x", Level.from(3), LONG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("members=2");
    assertThat(a.status().appendedPosition()).isZero();
  }

  @Test
  void whoWaitsIsToldThatTheReplicatorIsClosed() throws Exception {
    addresses.addAll(Loopback.unused(2));
    Tidemark a = stores.open(1);
    Replicator at = start(a, 0);
    Thread closer =
        new Thread(
            () -> {
              Stores.await(() -> a.status().appendedPosition() == 1, () -> "no update");
              at.close();
            });
    closer.start();

    assertThatThrownBy(() -> add(at, "x", Level.ALL, LONG))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    closer.join();
  }
}
