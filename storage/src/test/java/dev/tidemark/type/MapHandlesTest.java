package dev.tidemark.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.CounterRangeException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MapHandlesTest {
  private static final byte[] LONG_FIELD = new byte[Limits.MAX_ELEMENT_BYTES + 1];

  private static LwwMap<String, Long> lwwMap(KeyAccess key) {
    return new LwwMap<>(key, Codec.utf8(), Codec.int64());
  }

  private static OrMapOfRegisters<String, String> registers(KeyAccess key) {
    return new OrMapOfRegisters<>(key, Codec.utf8(), Codec.utf8());
  }

  private static OrMapOfFlags<String> flags(KeyAccess key) {
    return new OrMapOfFlags<>(key, Codec.utf8());
  }

  private static OrMapOfCounters<String> counters(KeyAccess key) {
    return new OrMapOfCounters<>(key, Codec.utf8());
  }

  @Test
  void lwwMapHoldsTheNewestValueOfEachField() {
    LwwMap<String, Long> map = lwwMap(new FakeReplica(Strategy.LWW_MAP, 1));
    map.put("b", 1L);
    map.put("a", 2L);
    map.put("b", 3L);
    map.put("", 4L);

    assertThat(map.get("b")).contains(3L);
    assertThat(map.get("c")).isEmpty();
    assertThat(map.fields()).containsExactly("", "a", "b");
    assertThat(map.entries()).containsExactly(entry("", 4L), entry("a", 2L), entry("b", 3L));
    assertThat(map.size()).isEqualTo(3);
    assertThat(map.remove("a")).isEqualTo(5);
    assertThat(map.containsField("a")).isFalse();
    assertThat(map.get("a")).isEmpty();
    assertThat(map.size()).isEqualTo(2);
    map.delete();
    assertThat(map.entries()).isEmpty();
    map.put("a", 9L);
    assertThat(map.entries()).containsExactly(entry("a", 9L));
  }

  @Test
  void lwwMapDeleteCutsEveryOlderPutAndNoNewerOne() {
    Pair<LwwMap<String, Long>> pair = new Pair<>(Strategy.LWW_MAP, MapHandlesTest::lwwMap);
    pair.right.put("older", 1L);
    pair.laterOnTheLeft().left.delete();
    pair.left.put("newer", 2L);

    pair.meet().both(map -> assertThat(map.entries()).containsExactly(entry("newer", 2L)));
  }

  @Test
  void oneFieldIsOneCellAndAPageItsOwn() {
    FakeReplica key = new FakeReplica(Strategy.LWW_MAP, 1);
    LwwMap<String, Long> map = lwwMap(key);
    for (long i = 10; i < 60; i++) {
      map.put("f" + i, i);
    }
    map.remove("f11");

    assertThat(map.get("f30")).contains(30L);
    assertThat(map.containsField("f31")).isTrue();
    assertThat(key.takeCellsRead()).isEqualTo(2);
    assertThat(map.range("f10", "f13", 9)).containsExactly(entry("f10", 10L), entry("f12", 12L));
    assertThat(key.takeCellsRead()).as("a removed field's cell is walked over").isEqualTo(3);
    assertThat(map.after("f57", 9)).containsExactly(entry("f58", 58L), entry("f59", 59L));
    assertThat(map.after(null, 1)).containsExactly(entry("f10", 10L));
    assertThat(map.fieldsAfter("f10", 2)).containsExactly("f12", "f13");
    key.takeCellsRead();
    List<Map.Entry<String, Long>> seen = new ArrayList<>();
    map.forEach(
        (field, value) -> {
          seen.add(entry(field, value));
          return false;
        });
    assertThat(seen).containsExactly(entry("f10", 10L));
    assertThat(key.takeCellsRead()).isEqualTo(1);
  }

  @Test
  void registersKeepSiblingsPerField() {
    Pair<OrMapOfRegisters<String, String>> pair =
        new Pair<>(Strategy.OR_MAP_OF_MV_REGISTER, MapHandlesTest::registers);
    pair.left.set("f", "b");
    pair.right.set("f", "a");
    pair.right.set("g", "");

    pair.meet()
        .both(
            map -> {
              assertThat(map.values("f")).containsExactly("a", "b");
              assertThat(map.values("h")).isEmpty();
              assertThat(map.entries())
                  .containsExactly(entry("f", List.of("a", "b")), entry("g", List.of("")));
              assertThat(map.fields()).containsExactly("f", "g");
              assertThat(map.size()).isEqualTo(2);
            });
    pair.left.set("f", "c");
    pair.meet().both(map -> assertThat(map.values("f")).containsExactly("c"));
  }

  @Test
  void aSetThatARemoveOrDeleteHadNotSeenBringsItsFieldBackAlone() {
    Pair<OrMapOfRegisters<String, String>> pair =
        new Pair<>(Strategy.OR_MAP_OF_MV_REGISTER, MapHandlesTest::registers);
    pair.left.set("f", "old");
    pair.left.set("g", "old");
    pair.meet();
    pair.left.remove("f");
    assertThat(pair.left.containsField("f")).isFalse();
    pair.right.set("f", "new");
    pair.meet().both(map -> assertThat(map.values("f")).containsExactly("new"));

    pair.left.delete();
    assertThat(pair.left.fields()).isEmpty();
    pair.right.set("g", "kept");
    pair.meet().both(map -> assertThat(map.entries()).containsExactly(entry("g", List.of("kept"))));
  }

  @Test
  void flagsAreTheFieldsThatAreEnabled() {
    Pair<OrMapOfFlags<String>> pair = new Pair<>(Strategy.OR_MAP_OF_EW_FLAG, MapHandlesTest::flags);
    pair.left.enable("a");
    pair.left.enable("b");
    pair.left.enable("c");
    pair.left.disable("b");
    assertThat(pair.left.isEnabled("a")).isTrue();
    assertThat(pair.left.isEnabled("b")).isFalse();
    assertThat(pair.left.fields()).containsExactly("a", "c");
    assertThat(pair.left.fieldsAfter("a", 5)).containsExactly("c");
    assertThat(pair.left.size()).isEqualTo(2);
    pair.meet();
    pair.left.disable("a");
    pair.left.remove("c");
    pair.right.enable("a");

    pair.meet().both(map -> assertThat(map.fields()).containsExactly("a"));

    pair.left.delete();
    pair.meet().both(map -> assertThat(map.fields()).isEmpty());
  }

  @Test
  void countersCountPerField() {
    FakeReplica key = new FakeReplica(Strategy.OR_MAP_OF_PN_COUNTER, 1);
    OrMapOfCounters<String> map = counters(key);
    map.increment("a");
    map.increment("a", 4);
    map.decrement("b");
    map.decrement("b", 2);
    map.increment("zero");
    map.decrement("zero");

    assertThat(map.value("a")).isEqualTo(5);
    assertThat(map.value("b")).isEqualTo(-3);
    assertThat(map.value("never")).isZero();
    assertThat(key.takeCellsRead()).isEqualTo(3);
    assertThat(map.fields()).containsExactly("a", "b", "zero");
    assertThat(map.entries())
        .contains(entry("b", BigInteger.valueOf(-3)), entry("zero", BigInteger.ZERO));
    map.remove("a");
    assertThat(map.containsField("a")).isFalse();
    assertThat(map.size()).isEqualTo(2);
    map.delete();
    assertThat(map.fields()).isEmpty();
    map.increment("a");
    assertThat(map.value("a")).isEqualTo(1);
  }

  @Test
  void anIncrementThatARemoveHadNotSeenSurvivesIt() {
    Pair<OrMapOfCounters<String>> pair =
        new Pair<>(Strategy.OR_MAP_OF_PN_COUNTER, MapHandlesTest::counters);
    pair.left.increment("f", 10);
    pair.meet();
    pair.left.remove("f");
    pair.right.increment("f", 3);
    pair.meet().both(map -> assertThat(map.value("f")).isEqualTo(3));

    pair.left.increment("f", Long.MAX_VALUE - 10);
    pair.right.increment("f", Long.MAX_VALUE - 13);
    pair.meet();
    CounterRangeException tooLarge =
        catchThrowableOfType(CounterRangeException.class, () -> pair.left.value("f"));
    assertThat(tooLarge.exact()).isEqualTo(pair.right.exactValue("f"));
  }

  @Test
  void whatIsOutOfRangeIsRefusedAndChangesNothing() {
    FakeReplica lwwKey = new FakeReplica(Strategy.LWW_MAP, 1);
    FakeReplica counterKey = new FakeReplica(Strategy.OR_MAP_OF_PN_COUNTER, 1);
    LwwMap<byte[], byte[]> map = new LwwMap<>(lwwKey, Codec.bytes(), Codec.bytes());
    OrMapOfCounters<byte[]> counters = new OrMapOfCounters<>(counterKey, Codec.bytes());
    byte[] field = {1};
    map.put(field, field);
    counters.increment(field);
    KeyDelta before = lwwKey.snapshot();
    KeyDelta countersBefore = counterKey.snapshot();

    refuses(() -> map.put(LONG_FIELD, field));
    refuses(() -> map.put(field, new byte[Limits.MAX_VALUE_BYTES + 1]));
    refuses(() -> map.remove(LONG_FIELD));
    refuses(() -> map.range(null, null, 0));
    refuses(() -> counters.increment(LONG_FIELD));
    refuses(() -> counters.increment(field, 0));
    refuses(() -> counters.decrement(field, -1));
    assertThat(lwwKey.snapshot()).isEqualTo(before);
    assertThat(counterKey.snapshot()).isEqualTo(countersBefore);
  }

  private static void refuses(Runnable update) {
    assertThatThrownBy(update::run).isInstanceOf(IllegalArgumentException.class);
  }
}
