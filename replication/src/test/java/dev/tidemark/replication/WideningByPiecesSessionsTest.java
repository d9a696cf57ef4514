package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Exchanges;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.interest.Ring;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.replication.wire.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A store that is to hold what no single peer holds gets it from several, while all write. */
class WideningByPiecesSessionsTest {
  private static final Interest SETS = Interest.ofPrefixes(List.of("set/"));
  private static final Interest COUNTS = Interest.ofPrefixes(List.of("count/"));
  private static final int KEYS = 20;

  @RegisterExtension final Stores stores = new Stores();
  private final List<Replicator> started = new ArrayList<>();

  /** A store that holds nothing, has seen something, and is to hold more. */
  private Tidemark wanting(int number, Interest interest, Tidemark from) {
    Tidemark part = stores.open(number, Interest.NONE);
    from.update("set/0", new Update.Add(Bytes.utf8("first")));
    from.sync();
    Exchanges.pull(from, part);
    part.close();
    return stores.open(number, interest);
  }

  /** Dials all that were started before. */
  private Replicator start(Tidemark store, String name) throws Exception {
    Replicator replicator =
        stores.start(store, Loopback.options(name).withPeers(Loopback.of(started)));
    started.add(replicator);
    return replicator;
  }

  /** Writes keys that a store holds, as fast as its disk is, until it is over. */
  private static Thread writer(Tidemark store, AtomicBoolean over) {
    return new Thread(
        () -> {
          for (int i = 0; !over.get(); i++) {
            update(store, "set/" + i % KEYS, new Update.Add(Bytes.utf8("w" + i % 7)));
            update(store, "count/" + i % KEYS, new Update.Increment(1));
            update(store, "value/" + i % KEYS, new Update.SetValue(Bytes.utf8("w" + i)));
            store.sync();
          }
        });
  }

  private static void update(Tidemark store, String key, Update update) {
    if (store.interest().covers(Bytes.utf8(key))) {
      store.update(key, update);
    }
  }

  private void expectHeldWhileAllWrite(Interest interest, Tidemark part, Tidemark... others)
      throws Exception {
    List<Tidemark> all = new ArrayList<>(List.of(others));
    all.add(part);
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> writers = all.stream().map(store -> writer(store, over)).toList();
    writers.forEach(Thread::start);
    try {
      start(part, "part");
      Stores.await(
          () -> part.interest().equals(interest),
          () -> "holds " + part.interest() + ": " + statuses());
    } finally {
      over.set(true);
      for (Thread writer : writers) {
        writer.join();
      }
    }
    awaitSeen(all);
    for (int i = 0; i < KEYS; i++) {
      expectAgreement("set/" + i, all);
      expectAgreement("count/" + i, all);
    }
    started.forEach(
        each -> assertThat(each.status().ended()).doesNotContainKey(Reason.REFUSED_CONTENT));
  }

  private void awaitSeen(List<Tidemark> all) {
    Stores.await(
        () -> all.stream().map(Tidemark::vector).distinct().count() == 1,
        () -> "vectors " + all.stream().map(Tidemark::vector).toList() + ": " + statuses());
  }

  private List<ReplicationStatus> statuses() {
    return started.stream().map(Replicator::status).toList();
  }

  private static void expectAgreement(String key, List<Tidemark> all) {
    List<Tidemark> holders =
        all.stream().filter(store -> store.interest().covers(Bytes.utf8(key))).toList();
    for (Tidemark holder : holders) {
      assertThat(holder.value(key)).as(key).isEqualTo(holders.get(0).value(key));
    }
  }

  @Test
  void whereEachPeerHoldsOneHalf() throws Exception {
    Tidemark sets = stores.open(1, SETS);
    Tidemark counts = stores.open(2, COUNTS);
    Tidemark part = wanting(3, SETS.union(COUNTS), sets);
    start(sets, "sets");
    start(counts, "counts");

    expectHeldWhileAllWrite(SETS.union(COUNTS), part, sets, counts);
  }

  /** Both take nothing from others while they ask: one of them has to give way. */
  @Test
  void whereTwoStoresGetFromEachOtherWhatTheyLack() throws Exception {
    Interest both = SETS.union(COUNTS);
    Tidemark values = stores.open(1, Interest.ofPrefixes(List.of("value/")));
    Tidemark sets = narrow(2, SETS, values);
    Tidemark counts = narrow(3, COUNTS, values);
    List<Tidemark> all = List.of(values, sets, counts);
    for (Tidemark store : all) {
      start(store, "n" + store.replicaId());
    }
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> writers = all.stream().map(store -> writer(store, over)).toList();
    writers.forEach(Thread::start);
    try {
      Stores.await(
          () -> sets.interest().equals(both) && counts.interest().equals(both),
          () -> sets.interest() + ", " + counts.interest() + ": " + statuses());
    } finally {
      over.set(true);
      for (Thread each : writers) {
        each.join();
      }
    }
    awaitSeen(all);
    for (int i = 0; i < KEYS; i++) {
      expectAgreement("set/" + i, all);
      expectAgreement("count/" + i, all);
    }
  }

  /** A store that holds some keys, has seen something, and is to hold all. */
  private Tidemark narrow(int number, Interest held, Tidemark from) {
    Tidemark store = stores.open(number, held);
    update(from, "value/" + number, new Update.SetValue(Bytes.utf8("first")));
    from.sync();
    Exchanges.pull(from, store);
    store.close();
    return stores.open(number, SETS.union(COUNTS));
  }

  /**
   * What one peer does not hold and the store does by then, it has from another, and that sends it
   * behind what the first has not seen: so the others may not be held off altogether.
   */
  @Test
  void whereEachPeerLacksSomeOfWhatTheStoreGotFromOthers() throws Exception {
    Ring before = Ring.first(Set.of("n1", "n2", "n3"), 16, 2);
    Ring after = before.with("n4", true);
    Tidemark[] members = new Tidemark[3];
    for (int i = 1; i <= 3; i++) {
      members[i - 1] = stores.open(i, before.interest("n" + i));
    }
    Tidemark part = wanting(4, after.interest("n4"), members[0]);
    for (int i = 1; i <= 3; i++) {
      start(members[i - 1], "n" + i);
    }

    expectHeldWhileAllWrite(after.interest("n4"), part, members);
    assertThat(Arrays.stream(members).map(Tidemark::interest))
        .noneMatch(interest -> interest.covers(after.interest("n4")));
  }
}
