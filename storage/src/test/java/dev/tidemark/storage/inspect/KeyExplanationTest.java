package dev.tidemark.storage.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.explain.Explanation;
import dev.tidemark.engine.explain.LogItem;
import dev.tidemark.engine.explain.Verdict;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.Fate.Kind;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.snapshot.Restore;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyExplanationTest {
  private static final Schema SCHEMA =
      Schema.of("s:", Strategy.OR_SET).and("n:", Strategy.PN_COUNTER).and("m:", Strategy.LWW_MAP);

  @TempDir private Path dir;

  private static Options options(long replica) {
    return Options.defaults().withReplicaId(replica).withClock(() -> 1_000);
  }

  private Tidemark open(String name, long replica) {
    return Tidemark.open(dir.resolve(name), SCHEMA, options(replica));
  }

  private KeyExplanation why(String name, String key, int limit) {
    return KeyExplanation.of(dir.resolve(name), key, limit, position -> {});
  }

  private static Update add(String element) {
    return new Update.Add(Bytes.utf8(element));
  }

  private static Update remove(String element) {
    return new Update.Remove(Bytes.utf8(element));
  }

  @Test
  void aRemoveTakesTheAddThatItSawAndNotTheConcurrentOne() {
    try (Tidemark a = open("a", 1);
        Tidemark b = open("b", 2)) {
      a.update("s:1", add("milk"));
      new Exchange(a, b).pull();
      b.update("s:1", add("milk"));
      a.update("s:1", remove("milk"));
      a.update("s:2", add("other"));
      new Exchange(b, a).pull();
      // Beside the process that has it open.
      KeyExplanation why = why("a", "s:1", 10);

      assertThat(why.value()).isEqualTo(new Value.Elements(List.of(Bytes.utf8("milk"))));
      assertThat(why.lastPosition()).isEqualTo(4);
      assertThat(why.explanation().items()).isEqualTo(3);
      assertThat(fates(why.explanation()))
          .containsExactly(
              Fate.lost(Rule.REMOVED, new Dot(1, 2)),
              new Fate(Kind.SPENT, Rule.TAKES_WHAT_IT_SAW, null),
              Fate.stands(Rule.NOT_OVERRIDDEN));
      Verdict lost = why.explanation().verdicts().get(0);
      assertThat(lost.item().firstPosition()).isEqualTo(1);
      assertThat(lost.winner().firstPosition()).isEqualTo(2);
    }
  }

  private static List<Fate> fates(Explanation explanation) {
    return explanation.verdicts().stream().map(Verdict::fate).toList();
  }

  @Test
  void ofAHotKeyItShowsTheNewestAndCountsTheRest() {
    int increments = 3_000;
    try (Tidemark a = open("a", 1)) {
      for (int i = 0; i < increments; i++) {
        a.update("n:1", new Update.Increment(1));
      }
    }
    Explanation explanation = why("a", "n:1", 2).explanation();

    assertThat(explanation.items()).isEqualTo(increments);
    assertThat(explanation.fates())
        .containsEntry(Kind.STANDS, 1L)
        .containsEntry(Kind.CONTAINED, increments - 1L);
    assertThat(explanation.verdicts())
        .extracting(verdict -> verdict.item().firstPosition())
        .containsExactly(increments - 2L, increments - 1L, (long) increments);
    assertThat(explanation.hidden()).isEqualTo(increments - 3L);
  }

  @Test
  void aValueOfMorePartsThanAreWantedIsNotGiven() {
    try (Tidemark a = open("a", 1)) {
      a.update("s:1", add("x"));
      a.update("s:1", add("y"));
    }
    assertThat(why("a", "s:1", 1).value()).isNull();
    assertThat(why("a", "s:1", 2).value()).isNotNull();
  }

  @Test
  void ofAFoldedLogItNamesTheRunAndWhoseOperationStands() {
    try (Tidemark a = open("a", 1)) {
      a.update("s:1", add("milk"));
      a.update("s:1", add("bread"));
      a.update("s:1", remove("milk"));
      a.update("s:2", add("other"));
      a.update("n:1", new Update.Increment(2));
      a.update("n:1", new Update.Increment(3));
      a.flush();
      a.compact();
      a.update("s:1", remove("bread"));
      a.update("s:1", add("tea"));
      KeyExplanation why = why("a", "s:1", 10);

      assertThat(why.explanation().items()).isEqualTo(3);
      assertThat(why.explanation().folded()).isEqualTo(1);
      Verdict bread = why.explanation().verdicts().get(0);
      assertThat(bread.author()).isEqualTo(new Dot(1, 2));
      assertThat(bread.item()).isEqualTo(LogItem.folded(1, 6));
      assertThat(bread.fate()).isEqualTo(Fate.lost(Rule.REMOVED, new Dot(1, 7)));
      assertThat(why("a", "n:1", 10).value()).isEqualTo(new Value.Counter(BigInteger.valueOf(5)));
      assertThat(why("a", "n:1", 10).explanation().fates()).containsExactly(entry(Kind.STANDS, 1L));
    }
  }

  @Test
  void aKeyThatNobodyTouchedHasNothingToExplain() {
    open("a", 1).close();
    KeyExplanation why = why("a", "s:none", 10);

    assertThat(why.value()).isEqualTo(new Value.Elements(List.of()));
    assertThat(why.explanation().items()).isZero();
    assertThat(why.explanation().verdicts()).isEmpty();
  }

  @Test
  void whereTheLogWasCutTheStateSaysWhoWroteWhatIsLeft() {
    Path snapshot;
    try (Tidemark a = open("a", 1)) {
      a.update("s:1", add("old"));
      a.update("s:1", add("going"));
      a.update("n:1", new Update.Increment(5));
      a.update("m:1", new Update.PutField(Bytes.utf8("f"), Bytes.utf8("v")));
      snapshot = a.snapshot().directory();
    }
    Path restored = dir.resolve("restored");
    long replica = Restore.run(snapshot, restored, false).identity().replicaId();
    try (Tidemark again = Tidemark.open(restored, SCHEMA, Options.defaults())) {
      again.update("s:1", remove("going"));
      again.update("s:1", add("new"));
    }
    KeyExplanation why = why("restored", "s:1", 10);

    assertThat(why.firstPosition()).isEqualTo(5);
    assertThat(why.explanation().older())
        .extracting(Verdict::author)
        .containsExactly(new Dot(1, 1));
    assertThat(why.explanation().olderCount()).isEqualTo(1);
    assertThat(why.explanation().verdicts())
        .extracting(Verdict::author)
        .containsExactly(new Dot(replica, 1), new Dot(replica, 2));
    assertThat(Stream.of("n:1", "m:1"))
        .allMatch(key -> why("restored", key, 10).explanation().olderCount() == 1);
  }
}
