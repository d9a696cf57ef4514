package dev.tidemark.benchmarks.question;

import dev.tidemark.benchmarks.harness.Benchmark;
import java.util.List;

/** All benchmarks, in the order in which they are run. */
public final class Questions {
  private Questions() {}

  /** Each of them. */
  public static List<Benchmark> all() {
    return List.of(
        new SetGrowth(),
        new MemoryBound(),
        new Put(),
        new Increment(),
        new AddSpread(),
        new Synced(),
        new Compaction(),
        new LongLog(),
        new CompactionLatency(),
        new SnapshotTime(),
        new Recovery(),
        new IntakeRate(),
        new StateHandover(),
        new LargeValues(),
        new Soak());
  }
}
