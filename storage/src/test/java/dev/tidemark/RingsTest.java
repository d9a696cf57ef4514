package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.interest.RingWord.Phase;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.OutsideInterestException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.membership.RingReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Stores hold what the ring gives them, and take updates of nothing else. */
class RingsTest {
  private static final Schema SCHEMA = Schema.empty().and("s/", Strategy.OR_SET);
  private static final List<String> KEYS = IntStream.range(0, 20).mapToObj(i -> "s/" + i).toList();

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();
  private Tidemark founder;
  private Tidemark joiner;

  @BeforeEach
  void open() {
    founder = open(1, Interest.ALL);
    joiner = open(2, Interest.NONE);
    KEYS.forEach(key -> add(founder, key, "old"));
  }

  private Tidemark open(int replica, Interest interest) {
    return audit.open(
        dir.resolve("" + replica),
        SCHEMA,
        options(replica).withInterest(interest).withRingMember("n" + replica));
  }

  private static Options options(int replica) {
    return QuietOptions.defaults().withReplicaId(replica);
  }

  private static void add(Tidemark store, String key, String element) {
    store.update(key, new Update.Add(Bytes.utf8(element)));
  }

  private static void meet(Tidemark one, Tidemark other) {
    pull(one, other);
    pull(other, one);
  }

  private static void give(Tidemark from, Tidemark to) {
    Interest lacking = to.interest().lacking(to.wanted(), from.interest());
    meet(from, to);
    try (Exchange exchange = new Exchange(from, to)) {
      assertThat(exchange.widen(lacking)).isTrue();
    }
  }

  private void settle() {
    for (int i = 0; i < 5; i++) {
      founder.ring().advance();
      joiner.ring().advance();
      meet(founder, joiner);
    }
    founder.ring().advance();
    joiner.ring().advance();
  }

  private void letJoinerIn() {
    founder.ring().announce(8, 1, List.of("n1"));
    founder.ring().advance();
    founder.ring().join("n2");
    meet(founder, joiner);
    give(founder, joiner);
  }

  private static boolean takes(Tidemark store, String key) {
    try {
      add(store, key, "try");
      return true;
    } catch (OutsideInterestException elsewhere) {
      assertThat(elsewhere.owners()).isEqualTo(store.ring().owners(key));
      assertThat(elsewhere).hasMessageContaining("epoch=");
      return false;
    }
  }

  @Test
  void aMemberThatJoinsGetsItsShareAndTheFounderLetsGoOfIt() {
    letJoinerIn();
    assertThat(KEYS).allMatch(key -> takes(founder, key));
    settle();

    RingReport report = joiner.ring().report();
    assertThat(report.isSettled()).isTrue();
    assertThat(report.awaited()).isEmpty();
    assertThat(report.phases())
        .containsEntry("n1", Phase.SETTLED)
        .containsEntry("n2", Phase.SETTLED);
    assertThat(report.held()).isEqualTo(report.share());
    assertThat(founder.interest().intersection(joiner.interest())).isEqualTo(Interest.NONE);
    for (String key : KEYS) {
      boolean joins = founder.ring().owners(key).equals(List.of("n2"));
      assertThat(takes(joiner, key)).isEqualTo(joins);
      assertThat(takes(founder, key)).isNotEqualTo(joins);
      assertThat((joins ? joiner : founder).value(key).toString()).contains("old", "try");
    }
  }

  /** Nobody gives up taking updates of a key before its new owners hold it. */
  @Test
  void itWaitsForWhoDoesNotHoldItsKeys() {
    founder.ring().announce(8, 1, List.of("n1"));
    founder.ring().advance();
    founder.ring().join("n2");
    founder.ring().advance();
    meet(founder, joiner);
    assertThat(joiner.ring().advance()).isFalse();

    RingReport report = founder.ring().report();
    assertThat(report.isSettled()).isFalse();
    assertThat(report.awaited()).containsExactly("n2");
    assertThat(joiner.wanted()).isEqualTo(joiner.ring().report().share());
    assertThat(KEYS).allMatch(key -> takes(founder, key)).noneMatch(key -> takes(joiner, key));
    assertThat(founder.interest()).isEqualTo(Interest.ALL);
  }

  /** It is opened with the interest with which it came, and would give away all that it got. */
  @Test
  void aMemberHoldsWhatTheRingSaysWhateverItIsOpenedFor() {
    letJoinerIn();
    settle();
    Interest share = joiner.interest();
    joiner.close();
    founder.close();
    joiner = open(2, Interest.NONE);
    founder = open(1, Interest.ALL);

    assertThat(joiner.interest()).isEqualTo(share);
    assertThat(founder.wanted()).isEqualTo(founder.interest());
    for (String key : KEYS) {
      assertThat(takes(joiner, key)).isEqualTo(joiner.interest().covers(Bytes.utf8(key)));
      assertThat(takes(founder, key)).isEqualTo(founder.interest().covers(Bytes.utf8(key)));
    }
  }

  @Test
  void aMemberThatLeavesIsFreeWhenAllIsHandedOver() {
    letJoinerIn();
    settle();
    joiner.ring().leave("n1");
    meet(founder, joiner);
    assertThat(founder.ring().report().isFree()).isFalse();
    give(founder, joiner);
    settle();

    assertThat(founder.ring().report().isFree()).isTrue();
    assertThat(founder.interest()).isEqualTo(Interest.NONE);
    assertThat(joiner.interest()).isEqualTo(Interest.ALL);
    assertThat(KEYS).allMatch(key -> takes(joiner, key)).noneMatch(key -> takes(founder, key));
  }

  /**
   * Let in by a ring that was announced at once with the one that counts, it had got keys, and held
   * them for ever.
   */
  @Test
  void whoHoldsKeysOutsideOfTheRingLetsGoOnceAllHaveWhatItWrote() {
    Tidemark outside = open(3, Interest.ALL);
    meet(founder, outside);
    add(outside, KEYS.get(0), "mine");
    founder.ring().announce(8, 1, List.of("n1"));
    founder.ring().advance();
    pull(founder, outside);
    assertThat(outside.ring().report().isSettled()).isTrue();
    assertThat(outside.ring().advance()).isFalse();
    assertThat(takes(outside, KEYS.get(0))).isFalse();

    pull(outside, founder);
    add(founder, KEYS.get(1), "behind it");
    pull(founder, outside);
    assertThat(outside.ring().advance()).isTrue();
    assertThat(outside.interest()).isEqualTo(Interest.NONE);
    assertThat(founder.value(KEYS.get(0)).toString()).contains("mine");
  }

  private static List<String> scanned(Tidemark store) {
    List<String> keys = new ArrayList<>();
    try (Scan scan = store.scan("s/")) {
      for (String key = scan.nextKey(); key != null; key = scan.nextKey()) {
        keys.add(key);
      }
    }
    return keys;
  }

  /** It was shown as the key's value, and did not change any more. */
  @Test
  void whatIsLeftOfAKeyThatWasHandedOverIsNotShown() {
    letJoinerIn();
    assertThat(KEYS).allMatch(key -> founder.value(key).toString().contains("old"));
    settle();

    for (String key : KEYS) {
      boolean joins = founder.ring().owners(key).equals(List.of("n2"));
      Tidemark other = joins ? founder : joiner;
      assertThatThrownBy(() -> other.value(key))
          .isInstanceOf(OutsideInterestException.class)
          .hasMessageContaining("owners=");
      assertThatThrownBy(() -> other.key(key).liveCells())
          .isInstanceOf(OutsideInterestException.class);
      assertThatThrownBy(() -> other.commit(batch -> batch.value(key)))
          .isInstanceOf(OutsideInterestException.class);
    }
    assertThat(scanned(founder)).doesNotContainAnyElementsOf(scanned(joiner));
    assertThat(scanned(founder).size() + scanned(joiner).size()).isEqualTo(KEYS.size());
  }

  /** A stream that was begun before would pass on runs for whole that are so no more. */
  @Test
  void whoeverReadsTheLogWhileTheStoreLetsGoOfKeysGetsNoRunForAWholeOne() {
    Tidemark reader = audit.open(dir.resolve("3"), SCHEMA, options(3));
    try (Exchange exchange = new Exchange(founder, reader)) {
      exchange.pull();
      letJoinerIn();
      settle();
      KEYS.forEach(key -> takes(joiner, key));
      meet(founder, joiner);
      founder.roll();
      founder.compact();
      exchange.pull();
      pull(joiner, reader);
    }
    assertThat(reader.vector()).isEqualTo(joiner.vector());
    for (String key : KEYS) {
      boolean joins = founder.ring().owners(key).equals(List.of("n2"));
      assertThat(reader.value(key)).isEqualTo((joins ? joiner : founder).value(key));
    }
  }

  /** A look at the report took the news away from the gate, which went on with the ring before. */
  @Test
  void aLookAtTheRingDoesNotKeepTheStoreFromFollowingIt() {
    letJoinerIn();
    joiner.ring().advance();
    meet(founder, joiner);
    founder.ring().advance();
    meet(founder, joiner);
    joiner.ring().advance();
    pull(joiner, founder);
    founder.ring().report();
    assertThat(founder.ring().advance()).isTrue();
    assertThat(founder.ring().report().isSettled()).isTrue();
  }

  @Test
  void refusesChangesThatMakeNoSense() {
    Tidemark plain = audit.open(dir.resolve("3"), SCHEMA, options(3));
    assertThatThrownBy(() -> plain.ring().announce(8, 1, List.of("n3")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no name");
    assertThatThrownBy(() -> joiner.ring().announce(8, 1, List.of("n2")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("lacks keys");
    assertThatThrownBy(() -> founder.ring().join("n2"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no ring");
    assertThatThrownBy(() -> founder.ring().announce(8, 1, List.of("n2")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lacks the store");
    assertThat(founder.ring().report().ring()).isNull();
    assertThat(founder.ring().owners("s/1")).isEmpty();

    founder.ring().announce(8, 1, List.of("n1"));
    meet(founder, joiner);
    assertThatThrownBy(() -> founder.ring().announce(8, 1, List.of("n1")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("already");
    assertThatThrownBy(() -> joiner.ring().join("n2"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("takes no part");
    assertThatThrownBy(() -> founder.ring().leave("n1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no member left");
    assertThatThrownBy(() -> founder.ring().drop("n1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("this one");
    assertThatThrownBy(() -> founder.ring().join("n1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("already");
    assertThatThrownBy(() -> founder.ring().join(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("out of range");
  }
}
