package dev.tidemark.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrMapOfSetsTest {
  private final FakeReplica key = new FakeReplica(Strategy.OR_MAP_OF_OR_SET, 1);
  private final OrMapOfSets<String, String> map = handle(key);

  private static OrMapOfSets<String, String> handle(KeyAccess key) {
    return new OrMapOfSets<>(key, Codec.utf8(), Codec.utf8());
  }

  @Test
  void aFieldIsThereWhileItsSetHasAnElement() {
    map.add("f", "b");
    map.add("f", "a");
    map.add("f", "");
    map.add("g", "x");

    assertThat(map.elements("f")).containsExactly("", "a", "b");
    assertThat(map.elements("none")).isEmpty();
    assertThat(map.fields()).containsExactly("f", "g");
    assertThat(map.size()).isEqualTo(2);
    assertThat(map.size("f")).isEqualTo(3);
    assertThat(map.elementCount()).isEqualTo(4);
    assertThat(map.remove("g", "x")).isEqualTo(5);
    assertThat(map.containsField("g")).isFalse();
    assertThat(map.fields()).containsExactly("f");
    map.remove("f");
    assertThat(map.size()).isZero();
    map.add("f", "again");
    assertThat(map.elements("f")).containsExactly("again");
    map.delete();
    assertThat(map.fields()).isEmpty();
  }

  @Test
  void fieldsThatBeginAlikeOrHoldZerosStayApart() {
    List<String> fields = List.of("", "\u0000", "\u0000\u0001", "a", "a\u0000", "a\u0000b", "ab");
    for (String field : fields) {
      map.add(field, "of " + field);
      map.add(field, "\u0000");
    }
    assertThat(map.fields()).isEqualTo(fields);
    for (String field : fields) {
      assertThat(map.elements(field)).containsExactly("\u0000", "of " + field);
      assertThat(map.contains(field, "of " + field)).isTrue();
      assertThat(map.contains(field, "of other")).isFalse();
    }
    map.remove("a");
    assertThat(map.fields()).doesNotContain("a").hasSize(fields.size() - 1);
  }

  @Test
  void readsOfAFieldTouchItsCellsAlone() {
    for (int field = 0; field < 10; field++) {
      for (int element = 0; element < 10; element++) {
        map.add("f" + field, "e" + element);
      }
    }
    assertThat(map.contains("f5", "e5")).isTrue();
    assertThat(map.containsField("f6")).isTrue();
    assertThat(key.takeCellsRead()).isEqualTo(2);
    assertThat(map.elements("f5")).hasSize(10);
    assertThat(key.takeCellsRead()).isEqualTo(10);
    assertThat(map.range("f5", "e3", "e5", 9)).containsExactly("e3", "e4");
    assertThat(map.range("f5", null, "e1", 9)).containsExactly("e0");
    assertThat(map.range("f5", "e8", null, 9)).containsExactly("e8", "e9");
    assertThat(map.range("f5", "e8", "e2", 9)).isEmpty();
    assertThat(map.after("f5", "e7", 1)).containsExactly("e8");
    assertThat(map.after("f5", "e9", 9)).isEmpty();
    assertThat(map.after("f5", null, 2)).containsExactly("e0", "e1");
    assertThat(key.takeCellsRead()).isEqualTo(8);
    List<String> seen = new ArrayList<>();
    map.forEach(
        "f5",
        element -> {
          seen.add(element);
          return seen.size() < 2;
        });
    assertThat(seen).containsExactly("e0", "e1");
    assertThat(key.takeCellsRead()).isEqualTo(2);
  }

  @Test
  void anAddThatARemoveHadNotSeenSurvivesItAndKeepsItsField() {
    Pair<OrMapOfSets<String, String>> pair =
        new Pair<>(Strategy.OR_MAP_OF_OR_SET, OrMapOfSetsTest::handle);
    pair.left.add("f", "old");
    pair.left.add("g", "old");
    pair.meet();
    pair.left.remove("f");
    pair.left.remove("g", "old");
    pair.right.add("f", "new");
    pair.meet()
        .both(
            both -> {
              assertThat(both.elements("f")).containsExactly("new");
              assertThat(both.fields()).containsExactly("f");
            });

    pair.left.delete();
    pair.right.add("g", "late");
    pair.meet().both(both -> assertThat(both.fields()).containsExactly("g"));
  }

  @Test
  void whatIsTooLongIsRefusedAndChangesNothing() {
    OrMapOfSets<byte[], byte[]> raw = new OrMapOfSets<>(key, Codec.bytes(), Codec.bytes());
    byte[] fits = new byte[Limits.MAX_ELEMENT_BYTES];
    byte[] tooLong = new byte[Limits.MAX_ELEMENT_BYTES + 1];
    raw.add(fits, fits);
    KeyDelta before = key.snapshot();

    assertThat(raw.contains(fits, fits)).isTrue();
    refuses(() -> raw.add(tooLong, fits));
    refuses(() -> raw.add(fits, tooLong));
    refuses(() -> raw.remove(fits, tooLong));
    refuses(() -> raw.remove(tooLong));
    refuses(() -> raw.after(fits, null, 0));
    assertThat(key.snapshot()).isEqualTo(before);
  }

  private static void refuses(Runnable update) {
    assertThatThrownBy(update::run).isInstanceOf(IllegalArgumentException.class);
  }
}
