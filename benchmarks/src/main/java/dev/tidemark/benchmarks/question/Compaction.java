package dev.tidemark.benchmarks.question;

import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Question: how fast does the log fold, and how small does it get?
 *
 * <p>Workload: 10,000,000 increments over 100 counters; 1,000,000 adds and removes of 100 elements
 * of one or-set; each of one update to a commit, in segments of 64 MiB, folded to one by one call,
 * in a heap of 256 MiB.
 *
 * <p>Baseline: what the machine needs at the least, in the same run: reading the log once from
 * start to end. The ratio is of times, limit to store.
 */
public final class Compaction implements Benchmark {
  private static final Schema SCHEMA =
      Schema.of("count:", Strategy.G_COUNTER).and("set:", Strategy.OR_SET);

  private final SplittableRandom random = new SplittableRandom(3);

  @Override
  public String name() {
    return "compaction";
  }

  @Override
  public String question() {
    return "how fast does the log fold, and how small does it get?";
  }

  @Override
  public List<String> jvmOptions() {
    return LogFold.JVM_OPTIONS;
  }

  private static void fold(Run run, String what, int updates, LogFold.Workload workload)
      throws Exception {
    run.row(LogFold.run(run, SCHEMA, what, updates, workload).row());
  }

  @Override
  public void run(Run run) throws Exception {
    fold(
        run,
        "increments of 100 counters",
        run.size(10_000_000, 1_000_000, 1_000),
        (batch, i) -> batch.update("count:" + i % 100, new Update.Increment(1)));
    fold(
        run,
        "adds and removes of 100 elements",
        run.size(1_000_000, 100_000, 1_000),
        (batch, i) -> {
          Bytes element = Bytes.utf8("element-" + random.nextInt(100));
          batch.update(
              "set:one",
              random.nextBoolean() ? new Update.Add(element) : new Update.Remove(element));
        });
  }
}
