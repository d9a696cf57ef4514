package dev.tidemark.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.strategy.Strategy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SetHandlesTest {
  private final FakeReplica key = new FakeReplica(Strategy.OR_SET, 1);
  private final OrSet<String> set = new OrSet<>(key, Codec.utf8());

  @Test
  void growOnlySetHoldsEachElementOnce() {
    GSet<Long> numbers = new GSet<>(new FakeReplica(Strategy.G_SET, 1), Codec.int64());
    assertThat(numbers.elements()).isEmpty();
    for (long number : new long[] {5, -1, 5, Long.MIN_VALUE}) {
      numbers.add(number);
    }

    assertThat(numbers.size()).isEqualTo(3);
    assertThat(numbers.elements()).containsExactly(Long.MIN_VALUE, -1L, 5L);
    assertThat(numbers.contains(5L)).isTrue();
    assertThat(numbers.contains(6L)).isFalse();
  }

  @Test
  void growOnlySetHasNoWayToTakeOut() {
    assertThat(Arrays.stream(GSet.class.getMethods()).map(method -> method.getName()))
        .doesNotContain("remove", "delete");
  }

  @Test
  void bothSetsConvergeToTheUnionOfConcurrentAdds() {
    Pair<GSet<String>> pair = new Pair<>(Strategy.G_SET, k -> new GSet<>(k, Codec.utf8()));
    pair.left.add("a");
    pair.right.add("b");
    pair.right.add("a");

    pair.meet().both(s -> assertThat(s.elements()).containsExactly("a", "b"));
  }

  @Test
  void elementsComeAndGoAndMayBeEmpty() {
    set.add("b");
    set.add("");
    set.add("a");
    assertThat(set.elements()).containsExactly("", "a", "b");
    assertThat(set.remove("a")).isEqualTo(4);
    set.remove("never there");
    assertThat(set.elements()).containsExactly("", "b");
    assertThat(set.contains("")).isTrue();
    assertThat(set.contains("a")).isFalse();
    assertThat(set.size()).isEqualTo(2);
    set.add("a");
    assertThat(set.contains("a")).isTrue();
    set.delete();
    assertThat(set.elements()).isEmpty();
    assertThat(set.size()).isZero();
    set.add("c");
    assertThat(set.elements()).containsExactly("c");
  }

  @Test
  void anAddThatARemoveHadNotSeenSurvivesIt() {
    Pair<OrSet<String>> pair = new Pair<>(Strategy.OR_SET, k -> new OrSet<>(k, Codec.utf8()));
    pair.left.add("both");
    pair.left.add("gone");
    pair.meet();
    pair.left.remove("both");
    pair.left.remove("gone");
    pair.right.add("both");

    pair.meet().both(s -> assertThat(s.elements()).containsExactly("both"));

    pair.left.delete();
    pair.right.add("late");
    pair.meet().both(s -> assertThat(s.elements()).containsExactly("late"));
  }

  @Test
  void askingForOneElementReadsOneCell() {
    addNumbered(100);
    assertThat(set.contains("050")).isTrue();
    assertThat(key.takeCellsRead()).isEqualTo(1);
    assertThat(set.contains("05")).isFalse();
    assertThat(key.takeCellsRead()).isEqualTo(1);
    assertThat(set.size()).isEqualTo(100);
    assertThat(key.takeCellsRead()).isZero();
  }

  @Test
  void pagesReadTheirOwnElementsAndNoOthers() {
    addNumbered(100);
    assertThat(set.range("010", "013", 10)).containsExactly("010", "011", "012");
    assertThat(key.takeCellsRead()).isEqualTo(3);
    assertThat(set.range("010", null, 2)).containsExactly("010", "011");
    assertThat(key.takeCellsRead()).isEqualTo(2);
    assertThat(set.range(null, "002", 9)).containsExactly("000", "001");
    assertThat(set.range("5", "2", 9)).isEmpty();
    assertThat(set.after("097", 5)).containsExactly("098", "099");
    assertThat(set.after("099", 5)).isEmpty();
  }

  @Test
  void pagesBehindOneAnotherAreAllElementsEvenIfTheLastOneLeaves() {
    addNumbered(25);
    List<String> seen = new ArrayList<>();
    String last = null;
    for (List<String> page = set.after(last, 4); !page.isEmpty(); page = set.after(last, 4)) {
      seen.addAll(page);
      last = page.get(page.size() - 1);
      set.remove(last);
    }
    assertThat(seen).hasSize(25).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void elementsStandInTheOrderOfTheirBytesAndOneMayBeginWithAnother() {
    for (String element : List.of("b", "a\u0000", "a", "\uffff", "\ud83c\udf75", "ab", "")) {
      set.add(element);
    }
    List<String> sorted = List.of("", "a", "a\u0000", "ab", "b", "\uffff", "\ud83c\udf75");
    assertThat(set.elements()).isEqualTo(sorted);
    assertThat(set.after("a", 1)).containsExactly("a\u0000");
    assertThat(set.range("", "a", 9)).containsExactly("");
  }

  @Test
  void aVisitorStopsTheVisit() {
    addNumbered(10);
    List<String> seen = new ArrayList<>();
    set.forEach(
        element -> {
          seen.add(element);
          return seen.size() < 3;
        });
    assertThat(seen).containsExactly("000", "001", "002");
    assertThat(key.takeCellsRead()).isEqualTo(3);
  }

  @Test
  void whatIsTooLongIsRefusedAndChangesNothing() {
    OrSet<byte[]> raw = new OrSet<>(key, Codec.bytes());
    raw.add(new byte[Limits.MAX_ELEMENT_BYTES]);
    KeyDelta before = key.snapshot();
    byte[] tooLong = new byte[Limits.MAX_ELEMENT_BYTES + 1];

    assertThatThrownBy(() -> raw.add(tooLong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("element is too long");
    assertThatThrownBy(() -> raw.remove(tooLong)).isInstanceOf(IllegalArgumentException.class);
    assertThat(raw.contains(tooLong)).isFalse();
    assertThatThrownBy(() -> raw.after(null, 0)).hasMessageContaining("limit of a page");
    assertThatThrownBy(() -> raw.range(null, null, -1)).hasMessageContaining("limit of a page");
    assertThat(key.snapshot()).isEqualTo(before);
  }

  private void addNumbered(int count) {
    for (int i = 0; i < count; i++) {
      set.add(String.format("%03d", i));
    }
  }
}
