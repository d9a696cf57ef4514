package dev.tidemark.engine.explain;

import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.Remains;
import java.util.List;
import java.util.Map;

/**
 * Why a key has the value it has.
 *
 * @param verdicts in log order: the newest of what makes the state, and of what does not
 * @param fates of how many traces, shown or not, became what
 * @param items how many elements of the log name the key: operations, and folded ones
 * @param folded how many of them are folded
 * @param older what the state holds and the log does not: some of it
 * @param olderCount how much of it was found
 * @param olderMore whether there may be more of that
 * @param remains what the state holds that no reader sees
 */
public record Explanation(
    List<Verdict> verdicts,
    Map<Fate.Kind, Long> fates,
    long items,
    long folded,
    List<Verdict> older,
    long olderCount,
    boolean olderMore,
    List<Remains> remains) {
  /** How many traces are not shown. */
  public long hidden() {
    return fates.values().stream().mapToLong(Long::longValue).sum() - verdicts.size();
  }
}
