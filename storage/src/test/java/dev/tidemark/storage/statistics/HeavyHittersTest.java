package dev.tidemark.storage.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.storage.statistics.HeavyHitters.Hits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HeavyHittersTest {
  @Property(tries = 300)
  void noFrequentItemIsMissingAndEveryCountIsAsFarOffAsItSays(
      @ForAll @Size(max = 300) List<@IntRange(max = 40) Integer> items,
      @ForAll @IntRange(min = 1, max = 12) int capacity) {
    HeavyHitters<Integer> hitters = new HeavyHitters<>(capacity);
    Map<Integer, Long> exact = new HashMap<>();
    for (int item : items) {
      hitters.add(item);
      exact.merge(item, 1L, Long::sum);
    }
    Map<Integer, Hits> found =
        hitters.most(capacity).stream().collect(Collectors.toMap(Entry::getKey, Entry::getValue));

    assertThat(found).hasSize(Math.min(capacity, exact.size()));
    exact.forEach(
        (item, count) -> {
          if (count > (double) items.size() / capacity) {
            assertThat(found).containsKey(item);
          }
        });
    found.forEach(
        (item, hits) ->
            assertThat(exact.get(item)).isBetween(hits.count() - hits.excess(), hits.count()));
  }

  @Test
  void theOneThatCameMostOftenComesFirst() {
    HeavyHitters<String> hitters = new HeavyHitters<>(3);
    for (String item : "a b b c c c".split(" ")) {
      hitters.add(item);
    }

    assertThat(hitters.most(2)).extracting(Entry::getKey).containsExactly("c", "b");
  }
}
