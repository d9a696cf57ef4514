package dev.tidemark.benchmarks.question;

import dev.tidemark.benchmarks.harness.Benchmark;
import java.util.List;

/** All benchmarks, in the order in which they are run. */
public final class Questions {
  private Questions() {}

  /** Each of them. */
  public static List<Benchmark> all() {
    return List.of(
        Put.uniform(),
        Put.spread(),
        Put.zipfian(),
        new PutLatency(),
        new Increment(),
        new Synced(),
        new Get(),
        new ScanRate(),
        new SetAdd(),
        new Intake(),
        new Replay(),
        new Fold(),
        new RawLimits(),
        new ValueSizes(),
        new Batches(),
        new Mixed(),
        new RateLimiter(),
        new Growth(),
        new Allocation(),
        new NaiveSet(),
        new Ycsb(),
        new SetGrowth(),
        new MemoryBound(),
        new AddSpread(),
        new Compaction(),
        new LongLog(),
        new CompactionLatency(),
        new SnapshotTime(),
        new Recovery(),
        new StateHandover(),
        new LargeValues(),
        Streaming.oneWay(),
        Streaming.threeWay(),
        new StreamingLag(),
        new CatchUp(),
        new ConflictLook(),
        new Soak());
  }
}
