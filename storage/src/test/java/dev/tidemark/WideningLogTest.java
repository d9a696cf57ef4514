package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.Update;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Who may read the log of a store from before it came to hold more keys. */
class WideningLogTest {
  private static final Interest AC = Interest.ofPrefixes(List.of("a/", "c/"));

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private Tidemark open(int replica, Interest interest) {
    return audit.open(
        dir.resolve("" + replica),
        WideningTest.SCHEMA,
        WideningTest.options(replica).withInterest(interest));
  }

  private static void add(Tidemark store, String element) {
    store.update("a/x", new Update.Add(Bytes.utf8(element)));
  }

  private static void widen(Tidemark from, Tidemark to) {
    try (Exchange exchange = new Exchange(from, to)) {
      assertThat(exchange.widen(WideningTest.AB)).isTrue();
    }
  }

  /**
   * Each of two stores that widened at once cut its log for whoever lacked what the other had made,
   * and neither had a state for one who is to hold other keys too: that one got nothing for ever.
   */
  @Test
  void twoThatWidenAtOnceGoOnServingOneWhoLagsBehindBoth() {
    Tidemark all = open(1, Interest.ALL);
    Tidemark one = open(2, WideningTest.A);
    Tidemark other = open(3, WideningTest.A);
    Tidemark late = open(4, AC);
    add(one, "of one");
    add(other, "of other");
    for (Tidemark store : List.of(one, other)) {
      pull(store, all);
      pull(all, one);
      pull(all, other);
    }
    widen(all, one);
    widen(all, other);

    pull(one, late);
    pull(other, late);
    assertThat(late.vector()).isEqualTo(one.vector());
    assertThat(late.value("a/x")).isEqualTo(one.value("a/x"));
  }

  /** Such a reader stops before what it is to have and the store has only the place of. */
  @Test
  void oneWhoIsToHoldOtherKeysTooStopsWhereTheLogIsBare() {
    Tidemark all = open(1, Interest.ALL);
    Tidemark one = open(2, WideningTest.A);
    Tidemark late = open(4, Interest.ofPrefixes(List.of("a/", "b/", "c/x")));
    all.update("b/x", new Update.Add(Bytes.utf8("withheld")));
    add(all, "behind it");
    pull(all, one);
    widen(all, one);

    pull(one, late);
    assertThat(late.vector().get(1)).isZero();
    pull(all, late);
    assertThat(late.value("b/x")).isEqualTo(one.value("b/x"));
  }
}
