package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.CommitStream;
import dev.tidemark.Exchange;
import dev.tidemark.Exchanges;
import dev.tidemark.JavaProcess;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that is to hold more gets that from its peers, while all go on. */
class WideningSessionsTest {
  private static final Interest SETS = Interest.ofPrefixes(List.of("set/"));
  static final Interest WIDER = Interest.ofPrefixes(List.of("set/", "count/"));
  private static final int LARGE = 100_000;

  @RegisterExtension final Stores stores = new Stores();

  private Replicator start(Tidemark store, String name, Replicator... peers) throws Exception {
    return stores.start(store, Loopback.options(name).withPeers(Loopback.of(peers)));
  }

  private static void awaitHeld(Tidemark store, Interest interest, Replicator of) {
    Stores.await(
        () -> store.interest().equals(interest),
        () -> "holds " + store.interest() + ": " + of.status());
  }

  private static void expectShared(Tidemark one, Tidemark other) {
    for (String prefix : List.of("set/", "count/")) {
      for (int key = 0; key < 5; key++) {
        assertThat(other.value(prefix + key)).as(prefix + key).isEqualTo(one.value(prefix + key));
      }
    }
  }

  /** A store that was closed when the others had gone on, with what it holds in large values. */
  private Tidemark narrow(Tidemark from, int number) {
    for (int key = 0; key < 5; key++) {
      from.update("set/" + key, new Update.Add(Bytes.utf8("x".repeat(30_000) + key)));
    }
    Tidemark part = stores.open(number, SETS);
    from.sync();
    Exchanges.pull(from, part);
    part.close();
    return stores.open(number, WIDER);
  }

  @Test
  void getsJustTheKeysThatItLacksWhileAllWrite() throws Exception {
    Tidemark one = stores.open(1);
    Tidemark two = stores.open(2);
    Stores.write(one, 1, 200);
    Tidemark part = narrow(one, 3);
    assertThat(part.interest()).isEqualTo(SETS);
    Replicator first = start(one, "one");
    Replicator second = start(two, "two", first);
    Stores.awaitSeen(one, two);

    AtomicBoolean over = new AtomicBoolean();
    List<Thread> writers = new ArrayList<>();
    for (Tidemark store : List.of(one, two, part)) {
      writers.add(writer(store, over));
    }
    writers.forEach(Thread::start);
    Replicator third = start(part, "part", first, second);
    awaitHeld(part, WIDER, third);
    over.set(true);
    for (Thread writer : writers) {
      writer.join();
    }
    Stores.awaitSeen(one, two, part);

    expectShared(one, two);
    expectShared(one, part);
    assertThat(keysBrought(part)).isNotEmpty().allMatch(key -> key.startsWith("count/"));
    assertThat(third.status().statesTaken()).isZero();
    assertThat(third.status().ended()).doesNotContainKey(Reason.REFUSED_CONTENT);
    assertThat(first.status().ended()).doesNotContainKey(Reason.REFUSED_CONTENT);
  }

  /** One that writes only what it holds, as far as it holds not all. */
  private static Thread writer(Tidemark store, AtomicBoolean over) {
    return new Thread(
        () -> {
          for (int i = 0; !over.get(); i++) {
            store.update("set/" + i % 5, new Update.Add(Bytes.utf8("w" + i % 7)));
            if (store.interest().isAll()) {
              store.update("count/" + i % 5, new Update.Increment(1));
            }
            // As fast as the disk, and not as memory: what is written has to arrive.
            store.sync();
          }
        });
  }

  private static Set<String> keysBrought(Tidemark store) {
    store.sync();
    Set<String> keys = new TreeSet<>();
    try (CommitStream stream = store.commits(1)) {
      while (stream.next()) {
        if (stream.isRun() && stream.run().coverage().isEmpty()) {
          RunRecords records = stream.run().records();
          for (RunRecord next = records.next(); next != null; next = records.next()) {
            keys.add(next.key().toUtf8());
          }
        }
      }
    }
    return keys;
  }

  @Test
  void nothingElseTravels() throws Exception {
    Tidemark one = stores.open(1);
    Stores.write(one, 1, 200);
    Tidemark part = narrow(one, 3);
    Replicator first = start(one, "one");
    AtomicLong received = new AtomicLong();
    Replicator second = start(part, "part", first);
    Stores.await(
        () -> {
          second
              .status()
              .sessions()
              .forEach(s -> received.set(Math.max(received.get(), s.receivedBytes())));
          return part.interest().equals(WIDER);
        },
        () -> "holds " + part.interest());
    Stores.awaitSeen(one, part);

    expectShared(one, part);
    assertThat(received.get()).isLessThan(LARGE);
    second.status().sessions().forEach(s -> assertThat(s.receivedBytes()).isLessThan(LARGE));
    Stores.write(one, 2, 50);
    Stores.awaitSeen(one, part);
    expectShared(one, part);
  }

  @Test
  void asksAnotherWhereThePeerHasGone() throws Exception {
    Tidemark one = stores.open(1);
    Tidemark two = stores.open(2);
    Stores.write(one, 1, 200);
    Tidemark part = narrow(one, 3);
    Replicator first = start(one, "one");
    Replicator third = start(part, "part", first);
    first.close();
    Stores.write(part, 4, 20);
    Replicator second = start(two, "two", third);
    start(one, "one again", second);
    awaitHeld(part, WIDER, third);
    Stores.awaitSeen(one, two, part);
    expectShared(one, part);
  }

  @Test
  void aPeerThatHoldsTooLittleIsNotAsked() throws Exception {
    Tidemark one = stores.open(1);
    Tidemark sets = stores.open(2, SETS);
    Stores.write(one, 1, 200);
    Tidemark part = narrow(one, 3);
    Replicator second = start(sets, "sets");
    Replicator third = start(part, "part", second);
    Stores.await(
        () -> third.status().sessions().stream().anyMatch(s -> s.replicaId() == 2),
        () -> "not connected");
    Stores.write(sets, 5, 20);
    assertThat(part.interest()).isEqualTo(SETS);
    start(one, "one", third, second);
    awaitHeld(part, WIDER, third);
    Stores.awaitSeen(one, sets, part);
    expectShared(one, part);
  }

  /** Killed when all of them have come, and when they are in the log. */
  @ParameterizedTest
  @ValueSource(strings = {"run_aside.after:1", "run_attach.after:1"})
  void asksAnewAfterItWasKilled(String moment) throws Exception {
    Tidemark one = stores.open(1);
    Stores.write(one, 1, 200);
    narrow(one, 3).close();
    Replicator first = start(one, "one");
    Process killed =
        JavaProcess.of(
                List.of("-Xmx256m", "-D" + CrashPoint.PROPERTY + "=" + moment),
                WideningReplica.class,
                stores.root().resolve("store3").toString(),
                "" + first.port())
            .start();
    assertThat(killed.waitFor()).isEqualTo(128 + 9);
    Stores.write(one, 2, 50);
    Tidemark part = stores.open(3, WIDER);
    assertThat(part.interest()).isEqualTo(SETS);
    awaitHeld(part, WIDER, start(part, "part", first));
    Stores.awaitSeen(one, part);
    expectShared(one, part);
  }

  @Test
  void sessionsOfAStoreThatWasWidenedBesideThemGoOnWithWhatItHolds() throws Exception {
    Tidemark one = stores.open(1);
    Stores.write(one, 1, 100);
    Tidemark part = stores.open(3, SETS);
    Replicator first = start(one, "one");
    start(part, "part", first);
    Stores.awaitSeen(one, part);
    try (Exchange exchange = new Exchange(one, part)) {
      assertThat(exchange.widen(WIDER)).isTrue();
    }
    Stores.await(
        () -> first.status().sessions().stream().anyMatch(s -> s.interest().equals(WIDER)),
        () -> "goes on as before: " + first.status());
    Stores.write(one, 2, 50);
    Stores.awaitSeen(one, part);
    expectShared(one, part);
    Stores.await(
        () -> first.status().ended().containsKey(Reason.INTEREST_CHANGED),
        () -> "not counted: " + first.status());
  }
}
