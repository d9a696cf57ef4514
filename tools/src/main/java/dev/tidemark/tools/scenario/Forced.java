package dev.tidemark.tools.scenario;

import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.tools.scenario.Scenario.NumberedStep;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * Upkeep that is done after every step of a scenario, whatever the scenario says itself: it must
 * change no value. After the last step the stores are verified, too.
 *
 * @param chores what each store does that has seen something since, in this order; none to leave
 *     the scenario as it is
 */
public record Forced(List<Step.Chore> chores) {
  /** Nothing but what the scenario says. */
  public static final Forced NOTHING = new Forced(List.of());

  /** What is said of members takes numbers that a scenario counts as its own, too. */
  private static final EnumSet<Step.Chore> REWRITE_THE_LOG =
      EnumSet.of(Step.Chore.COMPACT, Step.Chore.TRUNCATE, Step.Chore.GC);

  /** A copy of the chores. */
  public Forced {
    chores = List.copyOf(chores);
  }

  /**
   * Whether a scenario can be run so: one that receives up to an operation needs the log as it was
   * written.
   */
  public boolean fits(Scenario scenario) {
    return chores.stream().noneMatch(REWRITE_THE_LOG::contains)
        || scenario.steps().stream().noneMatch(step -> isPartial(step.step()));
  }

  private static boolean isPartial(Step step) {
    return step instanceof Step.Pull pull && pull.until() != null;
  }

  /** What its stores are opened with. */
  StoreSize size() {
    return chores.contains(Step.Chore.TRUNCATE) ? StoreSize.BARE : StoreSize.SMALL;
  }

  /** Runs a scenario in its cluster. */
  void run(Scenario scenario, Cluster cluster, Consumer<Mismatch> mismatches) {
    boolean isCollected = chores.contains(Step.Chore.GC);
    if (isCollected) {
      cluster.found();
    }
    Scenario timed = isCollected ? Timeline.stretched(scenario) : scenario;
    for (NumberedStep step : timed.steps()) {
      cluster.run(step, mismatches);
      if (!chores.isEmpty()) {
        cluster.upkeep(chores, step, mismatches);
      }
    }
    if (scenario.last() != null) {
      cluster.run(scenario.last(), mismatches);
    }
    if (!chores.isEmpty()) {
      cluster.verify((replica, finding) -> mismatches.accept(damage(replica, finding)));
    }
  }

  private static Mismatch damage(String replica, Finding finding) {
    return new Mismatch(
        "verified at the end",
        replica + ": " + finding.part() + " at " + finding.where(),
        finding.expected(),
        finding.actual());
  }
}
