package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.event.Event;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Truncation;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.storage.membership.MembersKey;
import dev.tidemark.storage.membership.MembershipReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of stores: who belongs, what they tell each other, who is waited for. */
class MembersTest {
  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private final AtomicLong now = new AtomicLong(1_000_000);
  private final Map<Long, Tidemark> stores = new TreeMap<>();

  private Options options(long replica) {
    return QuietOptions.defaults().withReplicaId(replica).withClock(now::get);
  }

  private Tidemark open(long replica) {
    Tidemark store =
        audit.open(dir.resolve("store" + replica), EveryStrategy.SCHEMA, options(replica));
    stores.put(replica, store);
    return store;
  }

  private void write(Tidemark store) {
    now.incrementAndGet();
    store.pnCounter(EveryStrategy.key(Strategy.PN_COUNTER, 0)).increment(1);
  }

  /** Exchanges between all, and lets all say what they have seen, until nobody has news. */
  private int settle() {
    return settle(new ArrayList<>(stores.values()));
  }

  private int settle(List<Tidemark> all) {
    int pulses = 0;
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
        if (store.members().acknowledge()) {
          pulses++;
          more = true;
        }
      }
      assertThat(pulses).as("heartbeats that answer heartbeats").isLessThan(100);
    }
    return pulses;
  }

  /** Three members, of which the first has founded the cluster and let the others in. */
  private void found() {
    Tidemark first = open(1);
    first.members().found();
    for (long replica = 2; replica <= 3; replica++) {
      first.members().admit(replica);
      pull(first, open(replica));
    }
    settle();
  }

  private static MembershipReport.Blocker blocker(Tidemark store) {
    return Objects.requireNonNull(store.members().report().blocker());
  }

  @Test
  void withoutAClusterNothingWaitsAndNothingMayBeForgotten() {
    Tidemark store = open(1);
    write(store);
    MembershipReport report = store.members().report();
    assertThat(report.isFounded()).isFalse();
    assertThat(report.reachable().isNone()).isTrue();
    assertThat(report.blocker()).isNull();
    assertThat(store.members().acknowledge()).isFalse();
    assertThatThrownBy(() -> store.members().admit(2)).hasMessageContaining("no cluster");
    assertThatThrownBy(() -> store.members().retire(2)).hasMessageContaining("no cluster");
  }

  @Test
  void allMembersComeToForgetWhatAllHaveSeen() {
    found();
    stores.values().forEach(this::write);
    settle();
    for (Tidemark store : stores.values()) {
      MembershipReport report = store.members().report();
      assertThat(report.standings()).hasSize(3);
      assertThat(report.waiting()).isZero();
      assertThat(report.blocker()).isNull();
      assertThat(report.reachable().horizon()).isGreaterThanOrEqualTo(now.get() << 16);
    }
  }

  @Test
  void aClusterAtRestFallsSilent() {
    found();
    for (int i = 0; i < 3; i++) {
      stores.values().forEach(this::write);
      assertThat(settle()).isPositive();
    }
    long position = stores.get(1L).status().appendedPosition();
    assertThat(settle()).isZero();
    assertThat(stores.get(1L).status().appendedPosition()).isEqualTo(position);
  }

  @Test
  void aMemberThatIsAwayHoldsUpAndIsNamed() {
    found();
    Tidemark first = stores.get(1L);
    Tidemark second = stores.get(2L);
    long before = first.members().report().reachable().horizon();
    write(first);
    write(second);
    settle(List.of(first, second));
    for (Tidemark store : List.of(first, second)) {
      MembershipReport report = store.members().report();
      assertThat(blocker(store).replica()).isEqualTo(3);
      assertThat(report.waiting()).isPositive();
      assertThat(report.reachable().horizon()).isLessThan(now.get() << 16);
    }
    settle();
    assertThat(first.members().report().blocker()).isNull();
    assertThat(first.members().report().reachable().horizon()).isGreaterThan(before);
  }

  /**
   * The only member retired itself, and nobody could write to the cluster, or be let in, for ever.
   */
  @Test
  void noMemberRetiresItself() {
    found();
    Tidemark first = stores.get(1L);

    assertThatThrownBy(() -> first.members().retire(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not retire itself: replica=1")
        .hasMessageContaining("have another member retire it");

    first.members().retire(2);
    first.members().retire(3);
    assertThatThrownBy(() -> first.members().retire(1))
        .isInstanceOf(IllegalArgumentException.class);
    write(first);
  }

  @Test
  void retirementLetsTheOthersGoOn() {
    found();
    Tidemark first = stores.get(1L);
    Tidemark second = stores.get(2L);
    Tidemark third = Objects.requireNonNull(stores.remove(3L));
    write(first);
    write(third);
    settle();
    assertThat(blocker(first).replica()).isEqualTo(3);
    first.members().retire(3);
    settle();
    assertThat(first.members().report().standings()).hasSize(2);
    assertThat(first.members().report().blocker()).isNull();
    assertThatThrownBy(() -> pull(third, second))
        .isInstanceOf(NotMemberException.class)
        .hasMessageContaining("retired");
    assertThatThrownBy(() -> first.members().admit(3)).hasMessageContaining("retired");

    assertThatThrownBy(() -> write(third))
        .isInstanceOf(NotMemberException.class)
        .hasMessageContaining("retired");
    assertThat(third.members().report().ownRefusal()).isTrue();
  }

  @Test
  void aReplicaThatWasNotLetInMayReadAndNotWrite() {
    found();
    Tidemark stranger = open(4);
    pull(stores.get(1L), stranger);
    assertThatThrownBy(() -> write(stranger))
        .isInstanceOf(NotMemberException.class)
        .hasMessageContaining("no member");
    stores.get(2L).members().admit(4);
    pull(stores.get(2L), stranger);
    write(stranger);
    settle();
    assertThat(stores.get(1L).members().report().standings()).hasSize(4);
    assertThat(stores.get(1L).members().report().blocker()).isNull();
  }

  @Test
  void whatAStrangerWroteIsRefused() {
    found();
    Tidemark stranger = open(4);
    write(stranger);
    assertThatThrownBy(() -> pull(stranger, stores.get(1L)))
        .isInstanceOf(NotMemberException.class)
        .hasMessageContaining("no member");
  }

  @Test
  void aRestartForgetsNothing() {
    found();
    stores.values().forEach(this::write);
    settle();
    Tidemark second = Objects.requireNonNull(stores.get(2L));
    // The state may forget once it has folded that it may.
    second.flush();
    MembershipReport before = second.members().report();
    second.close();
    try (Inspection store = Inspection.open(dir.resolve("store2"))) {
      assertThat(store.members()).isEqualTo(before);
    }
    assertThat(open(2).members().report()).isEqualTo(before);
  }

  @Test
  void aMemberThatGetsTheStateOfAnotherKnowsTheMembersToo() {
    found();
    Tidemark first = stores.get(1L);
    write(first);
    ForcedFold.truncateAll(first);
    first.members().admit(4);
    pull(first, open(4));
    assertThat(stores.get(4L).members().report().standings())
        .extracting(standing -> standing.replica())
        .containsExactly(1L, 2L, 3L, 4L);
    settle();
    assertThat(first.members().report().blocker()).isNull();
  }

  @Test
  void aMemberKnowsTheOthersFromAFoldedLog() {
    found();
    Tidemark first = stores.get(1L);
    first.members().admit(4);
    ForcedFold.foldAll(first);
    pull(first, open(4));
    settle();
    assertThat(first.members().report().standings()).hasSize(4);
    assertThat(first.members().report().blocker()).isNull();
  }

  /**
   * A member that was away met only one that had been let in meanwhile, whose folded log told of
   * that joining and of what the new one wrote in one piece: it was refused for ever, as of a
   * replica that is no member, though commit by commit it would have been taken.
   */
  @Test
  void aMemberThatWasAwayTakesAFoldedLogOfOneThatWasLetInMeanwhile() {
    found();
    stores.get(1L).members().admit(4);
    Tidemark fourth = open(4);
    pull(stores.get(1L), fourth);
    write(fourth);
    ForcedFold.foldAll(fourth);
    Tidemark away = stores.get(2L);
    pull(fourth, away);
    assertThat(away.vector()).isEqualTo(fourth.vector());
    assertThat(away.pnCounter(EveryStrategy.key(Strategy.PN_COUNTER, 0)).value()).isOne();
  }

  @Test
  void theLogIsKeptForAMemberThatHasNotSeenIt() {
    found();
    Tidemark first = stores.get(1L);
    first.roll();
    settle();
    long wanted = first.status().appendedPosition() + 1;
    write(first);
    first.roll();
    write(first);
    Truncation held = first.truncate();
    assertThat(held.firstPosition()).isLessThanOrEqualTo(wanted);
    Tidemark third = stores.get(3L);
    try (Exchange exchange = new Exchange(first, third)) {
      exchange.pull();
      assertThat(exchange.states()).isZero();
    }
  }

  @Test
  void usersDoNotSeeWhatStoresSayToEachOther() throws InterruptedException {
    Tidemark store = open(1);
    try (Subscription live = store.subscribe("");
        Subscription fromLog = store.subscribe("", 1)) {
      store.members().found();
      write(store);
      store.sync();
      for (Subscription each : List.of(live, fromLog)) {
        Event event = each.poll(Duration.ofMinutes(1));
        assertThat(event).isInstanceOf(Event.Change.class);
        assertThat(((Event.Change) Objects.requireNonNull(event)).key()).doesNotContain("tidemark");
      }
    }
    try (Scan scan = store.scan("")) {
      assertThat(scan.nextKey()).isEqualTo(EveryStrategy.key(Strategy.PN_COUNTER, 0));
      assertThat(scan.nextKey()).isNull();
    }
    store.flush();
    try (Scan scan = store.scan("\0")) {
      assertThat(scan.nextKey()).isNull();
    }
    String key = MembersKey.KEY.toUtf8();
    assertThatThrownBy(() -> store.key(key)).hasMessageContaining("reserved");
    assertThatThrownBy(() -> store.update(key, new Update.Delete()))
        .hasMessageContaining("reserved");
    assertThatThrownBy(() -> store.commit(batch -> batch.update(key, new Update.Delete())))
        .hasMessageContaining("reserved");
    assertThat(store.schema().withPrefix(Namespace.SYSTEM.prefix())).isNull();
    assertThat(store.status().schema()).isEqualTo(EveryStrategy.SCHEMA);
  }

  @Test
  @Timeout(60)
  void aStoreTellsTheOthersByItself() {
    Tidemark first =
        audit.open(
            dir.resolve("self"),
            EveryStrategy.SCHEMA,
            options(1).withStewardInterval(Duration.ofMillis(1)));
    first.members().found();
    first.members().admit(2);
    Tidemark second = open(2);
    pull(first, second);
    write(second);
    pull(second, first);
    while (first.members().report().standings().get(0).horizon() == 0) {
      second.members().acknowledge();
      pull(second, first);
    }
  }
}
