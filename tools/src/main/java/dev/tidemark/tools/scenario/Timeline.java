package dev.tidemark.tools.scenario;

import dev.tidemark.engine.clock.HybridClock;
import dev.tidemark.tools.scenario.Scenario.NumberedStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * A scenario's time, stretched: each update is made a millisecond after the one before it in the
 * order of stamps, at the same where the stamps are the same. So operations that are no part of the
 * scenario, which take stamps too, stand between its own and change neither order nor ties.
 */
final class Timeline {
  private final Map<String, HybridClock> clocks = new HashMap<>();
  private final Map<String, Long> walls = new HashMap<>();
  private final List<Long> stamps = new ArrayList<>();

  private Timeline() {}

  /** The same scenario in stretched time; it receives nothing by halves. */
  static Scenario stretched(Scenario scenario) {
    Timeline timeline = new Timeline();
    for (NumberedStep numbered : scenario.steps()) {
      timeline.pass(numbered.step());
    }
    return new Scenario(
        scenario.name(),
        scenario.schema(),
        scenario.replicas(),
        timeline.ranked(scenario.steps()),
        scenario.last());
  }

  private void pass(Step step) {
    if (step instanceof Step.Write write) {
      if (write.now() != null) {
        walls.put(write.at(), write.now());
      }
      HybridClock clock = clock(write.at());
      long stamp = clock.peek(walls.getOrDefault(write.at(), 0L));
      clock.observe(stamp);
      stamps.add(stamp);
    } else if (step instanceof Step.Pull pull) {
      clock(pull.to()).observe(clock(pull.from()).last());
    }
  }

  private HybridClock clock(String replica) {
    return clocks.computeIfAbsent(replica, name -> new HybridClock(0));
  }

  private List<NumberedStep> ranked(List<NumberedStep> steps) {
    NavigableSet<Long> order = new TreeSet<>(stamps);
    List<NumberedStep> ranked = new ArrayList<>();
    int writes = 0;
    for (NumberedStep numbered : steps) {
      Step step = numbered.step();
      if (step instanceof Step.Write write) {
        long rank = order.headSet(stamps.get(writes++), true).size();
        step = new Step.Write(write.at(), rank, write.key(), write.update());
      }
      ranked.add(new NumberedStep(numbered.place(), numbered.source(), step));
    }
    return ranked;
  }
}
