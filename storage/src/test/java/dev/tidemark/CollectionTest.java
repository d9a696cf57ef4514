package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.core.CollectionReport;
import dev.tidemark.storage.snapshot.Restore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Members that forget what all of them have seen, and what does not come back by it. */
class CollectionTest {
  static final Schema SCHEMA =
      Schema.of("set:", Strategy.OR_SET)
          .and("reg:", Strategy.LWW_REGISTER)
          .and("map:", Strategy.LWW_MAP)
          .and("max:", Strategy.EPOCH_MAX);

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private final AtomicLong now = new AtomicLong(1_000_000);
  private final Map<Long, Tidemark> stores = new TreeMap<>();

  private Tidemark open(long replica) {
    Options options = QuietOptions.defaults().withReplicaId(replica).withClock(now::get);
    Tidemark store = audit.open(dir.resolve("store" + replica), SCHEMA, options);
    stores.put(replica, store);
    return store;
  }

  private Tidemark reopen(long replica) {
    stores.get(replica).close();
    return open(replica);
  }

  private void settle(Long... replicas) {
    List<Tidemark> all = List.of(replicas).stream().map(stores::get).toList();
    for (boolean more = true; more; ) {
      more = false;
      for (Tidemark from : all) {
        for (Tidemark to : all) {
          if (from != to) {
            pull(from, to);
          }
        }
      }
      for (Tidemark store : all) {
        more |= store.members().acknowledge();
      }
    }
  }

  /** What all have seen is in a segment that does not hold the last heartbeats too. */
  private void settleInOneSegment() {
    settle(1L, 2L, 3L);
    stores.get(1L).roll();
    update(1, "reg:last", new Update.SetValue(Bytes.utf8("x")));
    settle(1L, 2L, 3L);
  }

  private void found() {
    Tidemark first = open(1);
    first.members().found();
    for (long replica = 2; replica <= 3; replica++) {
      first.members().admit(replica);
      pull(first, open(replica));
    }
    settle(1L, 2L, 3L);
  }

  private void update(long replica, String key, Update update) {
    now.incrementAndGet();
    stores.get(replica).commit(batch -> batch.update(key, update));
  }

  /** Writes something under every key, and removes it again elsewhere once it is seen there. */
  private void writeAndRemove() {
    writeWithoutRemoving();
    removeAll();
  }

  private void writeWithoutRemoving() {
    for (int i = 0; i < 20; i++) {
      Bytes name = Bytes.utf8("e" + i);
      update(1, "set:" + i % 4, new Update.Add(name));
      update(1, "reg:" + i, new Update.SetValue(name));
      update(1, "map:" + i % 4, new Update.PutField(name, name));
      update(1, "max:" + i % 4, new Update.PutEpoch(i, i));
    }
    pull(stores.get(1L), stores.get(2L));
  }

  private void removeAll() {
    for (int i = 0; i < 20; i++) {
      Bytes name = Bytes.utf8("e" + i);
      update(2, "set:" + i % 4, new Update.Remove(name));
      update(2, "reg:" + i, new Update.Delete());
      update(2, "map:" + i % 4, new Update.Remove(name));
    }
    for (int i = 0; i < 4; i++) {
      update(2, "max:" + i, new Update.Delete());
    }
  }

  private static List<Entry> entries(Tidemark store) {
    List<Entry> entries = new java.util.ArrayList<>();
    try (Scan scan = store.scan("")) {
      for (Entry next = scan.next(); next != null; next = scan.next()) {
        entries.add(next);
      }
    }
    return entries;
  }

  @Test
  void whatAllHaveSeenRemovedIsForgottenAndStaysAway() {
    found();
    writeAndRemove();
    settle(1L, 2L, 3L);
    for (Tidemark store : stores.values()) {
      CollectionReport report = store.collect();
      assertThat(report.floor().isNone()).isFalse();
      assertThat(report.forgottenKeys()).isEqualTo(4 + 20 + 4 + 4);
      assertThat(report.forgottenCells()).isGreaterThanOrEqualTo(20);
      assertThat(store.collect().forgottenKeys()).isZero();
      assertThat(entries(store)).isEmpty();
    }
    settle(1L, 2L, 3L);
    stores.values().forEach(store -> assertThat(entries(store)).isEmpty());
  }

  @Test
  void aMemberThatIsAwayHoldsItUpAndARestartForgetsNothingOfThat() {
    found();
    writeAndRemove();
    settle(1L, 2L);
    assertThat(stores.get(1L).collect().forgottenKeys()).isZero();
    reopen(1);
    settle(1L, 2L);
    assertThat(stores.get(1L).collect().forgottenKeys()).isZero();
    settle(1L, 2L, 3L);
    assertThat(stores.get(1L).collect().forgottenKeys()).isEqualTo(32);
    Tidemark again = reopen(1);
    assertThat(again.collect().keys()).isZero();
    assertThat(entries(again)).isEmpty();
  }

  @Test
  void whatIsWrittenAfterwardsCountsAndIsRemovedAsEver() {
    found();
    writeAndRemove();
    settle(1L, 2L, 3L);
    stores.values().forEach(Tidemark::collect);
    update(3, "set:1", new Update.Add(Bytes.utf8("e1")));
    update(3, "max:1", new Update.PutEpoch(1, 1));
    update(3, "reg:1", new Update.SetValue(Bytes.utf8("new")));
    update(3, "map:1", new Update.PutField(Bytes.utf8("e1"), Bytes.utf8("new")));
    settle(1L, 2L, 3L);
    List<Entry> expected = entries(stores.get(3L));
    assertThat(expected).hasSize(4);
    for (Tidemark store : stores.values()) {
      store.collect();
      assertThat(entries(store)).isEqualTo(expected);
    }
    update(1, "set:1", new Update.Remove(Bytes.utf8("e1")));
    settle(1L, 2L, 3L);
    assertThat(entries(stores.get(2L))).hasSize(3);
  }

  @Test
  void aFoldedLogThatStraddlesARemoveBringsNothingBack() {
    found();
    writeAndRemove();
    settle(1L, 2L, 3L);
    stores.values().forEach(Tidemark::collect);
    update(1, "set:9", new Update.Add(Bytes.utf8("x")));
    stores.get(1L).roll();
    stores.get(1L).compact();
    // Its log is one run now, which holds all adds; what it covers goes beyond what 3 has.
    pull(stores.get(1L), stores.get(3L));
    assertThat(entries(stores.get(3L))).hasSize(1).isEqualTo(entries(stores.get(1L)));
    settle(1L, 2L, 3L);
    stores.values().forEach(store -> assertThat(entries(store)).hasSize(1));
  }

  @Test
  void aNewStoreGetsTheStateOfOneThatForgotAndOthersReadOnFromIt() {
    found();
    writeAndRemove();
    settleInOneSegment();
    update(1, "set:9", new Update.Add(Bytes.utf8("x")));
    settle(1L, 2L, 3L);
    Tidemark one = stores.get(1L);
    one.collect();
    one.roll();
    one.snapshot();
    assertThat(one.truncate().firstPosition()).isGreaterThan(1);
    one.members().admit(4);
    Tidemark fourth = open(4);
    pull(one, fourth);
    assertThat(entries(fourth)).hasSize(2);
    Tidemark fifth = open(5);
    pull(fourth, fifth);
    assertThat(entries(fifth)).hasSize(2);
    settle(1L, 2L, 3L, 4L);
    fourth.collect();
    reopen(4);
    assertThat(entries(stores.get(4L))).hasSize(2);
  }

  /** All that it has is removed elsewhere, and that is forgotten, and nobody's log tells it. */
  private void leftBehind(Tidemark behind) {
    writeWithoutRemoving();
    pull(stores.get(1L), behind);
    removeAll();
    update(2, "max:1", new Update.PutEpoch(2, 2));
    forget();
  }

  private void forget() {
    settleInOneSegment();
    Tidemark one = stores.get(1L);
    one.collect();
    one.roll();
    one.snapshot();
    one.truncate();
  }

  /**
   * A new member had got half of a log when its peer was lost; the others had forgotten what the
   * other half was about, since a member counts from what its sponsor has seen. Nobody gave it
   * anything any more.
   */
  @Test
  void aStoreThatIsBehindWhatWasForgottenTakesTheStateIfItHasNothingAlone() {
    Tidemark behind = open(4);
    found();
    leftBehind(behind);
    Tidemark one = stores.get(1L);
    assertThat(entries(behind)).hasSize(4 + 20 + 4 + 4);
    one.members().admit(4);
    pull(one, behind);
    assertThat(entries(behind)).hasSize(2).isEqualTo(entries(one));
    assertThat(entries(reopen(4))).isEqualTo(entries(one));
    update(4, "map:1", new Update.PutField(Bytes.utf8("e1"), Bytes.utf8("new")));
    settle(1L, 2L, 3L, 4L);
    for (Tidemark store : stores.values()) {
      store.collect();
      assertThat(entries(store)).hasSize(3).isEqualTo(entries(one));
    }
  }

  /** A log that goes on from a state that has forgotten says nothing of what that was. */
  @Test
  void whoIsBehindItTooGetsAStateFromItAndNotItsLog() {
    Tidemark behind = open(4);
    found();
    leftBehind(behind);
    Tidemark another = open(5);
    pull(behind, another);
    Tidemark one = stores.get(1L);
    one.members().admit(4);
    pull(one, behind);
    pull(behind, another);
    assertThat(entries(another)).isEqualTo(entries(one));
  }

  @Test
  void whatItHasJoinedOfAFloorBeforeDoesNotKeepWhatWasOverriddenSince() {
    found();
    writeWithoutRemoving();
    settleInOneSegment();
    Tidemark one = stores.get(1L);
    Tidemark behind = open(4);
    pull(one, behind);
    behind.collect();
    assertThat(behind.members().report().floor().horizon()).isPositive();
    removeAll();
    forget();
    one.members().admit(4);
    pull(one, behind);
    assertThat(entries(behind)).hasSize(1).isEqualTo(entries(one));
    settle(1L, 2L, 3L, 4L);
    behind.collect();
    assertThat(entries(behind)).isEqualTo(entries(one));
  }

  /** One record cannot name them all: what is left out of it comes in several. */
  @Test
  void aLargeMapOfWhichAlmostAllIsGoneIsTakenInParts() {
    Tidemark behind = open(4);
    found();
    fields(1, name -> new Update.PutField(name, name));
    leftBehind(behind);
    fields(2, Update.Remove::new);
    forget();
    pull(stores.get(1L), behind);
    assertThat(entries(behind)).hasSize(3).isEqualTo(entries(stores.get(1L)));
  }

  private void fields(long replica, Function<Bytes, Update> of) {
    for (int at = 0; at < 30_000; at += 1000) {
      List<Bytes> names =
          IntStream.range(at + (int) replica, at + 1000)
              .mapToObj(i -> Bytes.utf8("a field with a long name " + i))
              .toList();
      now.incrementAndGet();
      stores
          .get(replica)
          .commit(batch -> names.forEach(name -> batch.update("map:1", of.apply(name))));
    }
  }

  @Test
  void aStoreThatHasSomethingAloneIsNotGivenTheStateThatForgot() {
    Tidemark stray = open(7);
    update(7, "set:1", new Update.Add(Bytes.utf8("mine")));
    found();
    leftBehind(stray);
    assertThatThrownBy(() -> pull(stores.get(1L), stray))
        .isInstanceOf(NotMemberException.class)
        .hasMessageContaining("older than what its peers have forgotten");
    assertThat(entries(stray)).hasSize(4 + 20 + 4 + 4);
  }

  /** It holds what was removed since, and what all have forgotten that it was. */
  @Test
  void aSnapshotOlderThanACollectionBringsNothingBack() {
    found();
    writeWithoutRemoving();
    settle(1L, 2L, 3L);
    Path old = stores.get(1L).snapshot().directory();
    removeAll();
    settle(1L, 2L, 3L);
    stores.values().forEach(Tidemark::collect);
    Restore.run(old, dir.resolve("store9"), false);
    Tidemark restored = audit.open(dir.resolve("store9"), SCHEMA, restoredOptions());
    assertThat(entries(restored)).hasSize(4 + 20 + 4 + 4);
    Tidemark one = stores.get(1L);
    one.members().admit(restored.replicaId());
    pull(one, restored);
    assertThat(entries(restored)).isEmpty();
    pull(restored, stores.get(2L));
    settle(1L, 2L, 3L);
    stores.values().forEach(store -> assertThat(entries(store)).isEmpty());
  }

  @Test
  void aSnapshotOlderThanACollectionTakesTheStateThatForgot() {
    found();
    writeWithoutRemoving();
    settle(1L, 2L, 3L);
    Path old = stores.get(1L).snapshot().directory();
    removeAll();
    forget();
    Tidemark one = stores.get(1L);
    Restore.run(old, dir.resolve("store9"), false);
    Tidemark restored = audit.open(dir.resolve("store9"), SCHEMA, restoredOptions());
    pull(one, restored);
    assertThat(entries(restored)).isEqualTo(entries(one));
  }

  private Options restoredOptions() {
    return QuietOptions.defaults().withClock(now::get);
  }
}
