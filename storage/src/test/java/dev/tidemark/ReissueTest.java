package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.commit.PartialCommit;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.core.ReissueReport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a store has that must not go on is made anew by one that may. */
class ReissueTest {
  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private final AtomicLong now = new AtomicLong(1_000_000);
  private Tidemark first;
  private Tidemark second;

  private Tidemark open(long replica) {
    return open(replica, EveryStrategy.SCHEMA);
  }

  private Tidemark open(long replica, Schema schema) {
    Options options =
        QuietOptions.defaults()
            .withReplicaId(replica)
            .withClock(now::incrementAndGet)
            .withInlineLimit(1_000);
    return audit.open(dir.resolve("store" + replica), schema, options);
  }

  private void settle() {
    do {
      pull(first, second);
      pull(second, first);
    } while (first.members().acknowledge() | second.members().acknowledge());
  }

  @BeforeEach
  void found() {
    first = open(1);
    second = open(2);
    first.members().found();
    first.members().admit(2);
    settle();
  }

  private static String key(Strategy strategy) {
    return EveryStrategy.key(strategy, 0);
  }

  private static void updateAll(Tidemark store, Random random, int times) {
    for (int i = 0; i < times; i++) {
      for (Strategy strategy : Strategy.values()) {
        store.update(
            key(strategy),
            EveryStrategy.update(
                strategy, random.nextInt(8), random.nextInt(6), random.nextInt(9)));
      }
    }
  }

  private static List<Value> values(Tidemark store) {
    List<Value> values = new ArrayList<>();
    for (Strategy strategy : Strategy.values()) {
      values.add(store.value(key(strategy)));
    }
    return values;
  }

  /** Nobody was concurrent, so what was made anew is what it was. */
  @Test
  void whatARetiredStoreHadNotShownIsThereAgain() {
    Random random = new Random(7);
    Tidemark third = open(3);
    first.members().admit(3);
    pull(first, third);
    updateAll(third, random, 5);
    pull(third, first);
    updateAll(third, random, 5);
    first.members().retire(3);
    settle();
    assertThatThrownBy(() -> pull(third, first)).isInstanceOf(NotMemberException.class);

    ReissueReport report = first.members().reissue(third);
    assertThat(report.updates()).isPositive();
    assertThat(report.left()).isEmpty();
    assertThat(values(first)).isEqualTo(values(third));
    ReissueReport again = first.members().reissue(third);
    assertThat(again.updates()).isZero();
    settle();
    assertThat(values(second)).isEqualTo(values(third));
    // Also if another member is asked to.
    assertThat(second.members().reissue(third).updates()).isZero();
  }

  /**
   * What was lost counted as seen, so registers and journals, of which an operation is asked for,
   * took it for what both have: nothing of it came back when the disk turned up.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void whatWasLostWithItsStoreIsThereAgain(int seed) {
    Random random = new Random(seed);
    Tidemark third = open(3);
    first.members().admit(3);
    pull(first, third);
    updateAll(third, random, 3);
    pull(third, first);
    updateAll(third, random, 6);
    third.sync();
    first.members().retire(3);
    // Of each key a member that holds it has so much of what was made: what is lost is the rest.
    int[] kept = random.ints(Strategy.values().length, 0, 7).toArray();
    try (CommitStream made = third.commitsLacking(first.vector())) {
      for (int i = 0; made.next(); i++) {
        boolean isKept = seed > 1 && i / kept.length < kept[i % kept.length];
        first.accept(isKept ? made.bytes() : lost(made.bytes()), 2);
      }
    }
    settle();
    assertThat(first.vector().get(3)).isEqualTo(third.vector().get(3));
    assertThat(values(first)).isNotEqualTo(values(third));

    ReissueReport report = first.members().reissue(third);

    assertThat(report.left()).isEmpty();
    assertThat(values(first)).isEqualTo(values(third));
    settle();
    assertThat(values(second)).isEqualTo(values(third));
    assertThat(second.members().reissue(third).updates()).isZero();
  }

  private static byte[] lost(byte[] commit) {
    return PartialCommit.lost(PartialCommit.of(commit, Interest.NONE), Interest.ALL);
  }

  @Test
  void whatWasWrittenBeforeItsStoreWasLetInIsMadeAnewByTheNewStore() {
    Tidemark early = open(9);
    early.orSet(key(Strategy.OR_SET), Codec.utf8()).add("early");
    early.lwwRegister(key(Strategy.LWW_REGISTER), Codec.utf8()).set("older");
    early.pnCounter(key(Strategy.PN_COUNTER)).increment(3);
    first.lwwRegister(key(Strategy.LWW_REGISTER), Codec.utf8()).set("newer");
    first.pnCounter(key(Strategy.PN_COUNTER)).increment(4);
    settle();
    first.collect();
    first.members().admit(9);
    pull(first, early);
    assertThatThrownBy(() -> early.pnCounter(key(Strategy.PN_COUNTER)).increment(1))
        .isInstanceOf(NotMemberException.class)
        .hasMessageContaining("wrote before it was let into its cluster");
    Tidemark next = open(10);
    first.members().admit(10);
    pull(first, next);
    assertThatThrownBy(() -> next.members().reissue(early))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("replica is waited for: replica=9");
    first.members().retire(9);
    settle();
    pull(first, next);
    next.members().acknowledge();
    pull(next, first);
    settle();

    assertThat(next.members().reissue(early).left()).isEmpty();
    pull(next, first);
    assertThat(first.orSet(key(Strategy.OR_SET), Codec.utf8()).elements()).containsExactly("early");
    assertThat(first.lwwRegister(key(Strategy.LWW_REGISTER), Codec.utf8()).get()).contains("newer");
    assertThat(first.pnCounter(key(Strategy.PN_COUNTER)).value()).isEqualTo(7);
  }

  @Test
  void largeValuesComeWithTheirChunksAndConcurrentSiblingsAreLeftToBeDecided() throws IOException {
    Tidemark third = open(3);
    first.members().admit(3);
    pull(first, third);
    byte[] large = new byte[5_000];
    third.largeValues().put(key(Strategy.LWW_REGISTER), new ByteArrayInputStream(large));
    third.update(key(Strategy.MV_REGISTER), new Update.SetValue(Bytes.utf8("there")));
    first.update(key(Strategy.MV_REGISTER), new Update.SetValue(Bytes.utf8("here")));
    first.members().retire(3);
    settle();

    ReissueReport report = first.members().reissue(third);
    assertThat(report.left()).containsExactly(Bytes.utf8(key(Strategy.MV_REGISTER)));
    assertThat(first.value(key(Strategy.LWW_REGISTER)))
        .isEqualTo(third.value(key(Strategy.LWW_REGISTER)));
    assertThat(first.lwwRegister(key(Strategy.LWW_REGISTER), Codec.bytes()).get().orElseThrow())
        .isEqualTo(large);
    assertThat(first.value(key(Strategy.MV_REGISTER)))
        .isEqualTo(new Value.Elements(List.of(Bytes.utf8("here"))));
  }

  /** It stopped at a key of another schema: what it had made is not made again. */
  @Test
  void whereItWasInterruptedItGoesOn() {
    Schema grown = EveryStrategy.SCHEMA.and("z:", Strategy.PN_COUNTER);
    Tidemark third = open(3, grown);
    first.members().admit(3);
    pull(first, third);
    third.pnCounter(key(Strategy.PN_COUNTER)).increment(2);
    third.update(key(Strategy.JOURNAL), new Update.Append(Bytes.utf8("event")));
    third.pnCounter("z:1").increment(3);
    first.members().retire(3);
    settle();
    assertThatThrownBy(() -> first.members().reissue(third))
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining("store uses another schema: key=z:1");
    first.close();
    first = open(1, grown);

    first.members().reissue(third);
    assertThat(first.pnCounter(key(Strategy.PN_COUNTER)).value()).isEqualTo(2);
    assertThat(first.value(key(Strategy.JOURNAL))).isEqualTo(third.value(key(Strategy.JOURNAL)));
    assertThat(first.pnCounter("z:1").value()).isEqualTo(3);
  }
}
