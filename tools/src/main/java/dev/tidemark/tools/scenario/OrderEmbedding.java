package dev.tidemark.tools.scenario;

import dev.tidemark.engine.clock.HybridTimestamp;
import dev.tidemark.tools.scenario.Scenario.NumberedStep;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * What scenarios may say and stores do not have, in numbers that stores have. Of replica ids and of
 * wall clocks only the order tells in any value, so the same order in other numbers reads the same.
 */
final class OrderEmbedding {
  private OrderEmbedding() {}

  /**
   * The ids in the same order, none of them 0, which is nobody's: those up to the first gap move.
   */
  static Map<String, Long> ids(Map<String, Long> given) {
    Set<Long> taken = new HashSet<>(given.values());
    long gap = 0;
    while (taken.contains(gap)) {
      gap++;
    }
    Map<String, Long> ids = new LinkedHashMap<>();
    for (var entry : given.entrySet()) {
      long id = entry.getValue();
      ids.put(entry.getKey(), Long.compareUnsigned(id, gap) < 0 ? id + 1 : id);
    }
    return ids;
  }

  /**
   * The steps under clocks that go no further than a store's do: where one does, each time becomes
   * its rank. Stamps count up from a time by one an operation, so far fewer than reach the next.
   */
  static List<NumberedStep> times(List<NumberedStep> steps) {
    NavigableSet<Long> times = new TreeSet<>();
    // Where a clock stands that no step has set.
    times.add(0L);
    for (NumberedStep numbered : steps) {
      if (numbered.step() instanceof Step.Write write && write.now() != null) {
        times.add(write.now());
      }
    }
    if (times.last() <= HybridTimestamp.MAX_WALL_MILLIS) {
      return steps;
    }
    return steps.stream().map(numbered -> ranked(numbered, times)).toList();
  }

  private static NumberedStep ranked(NumberedStep numbered, NavigableSet<Long> times) {
    if (numbered.step() instanceof Step.Write write && write.now() != null) {
      long rank = times.headSet(write.now()).size();
      Step.Write at = new Step.Write(write.at(), rank, write.key(), write.update());
      return new NumberedStep(numbered.place(), numbered.source(), at);
    }
    return numbered;
  }
}
