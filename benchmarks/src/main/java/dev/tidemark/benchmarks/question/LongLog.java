package dev.tidemark.benchmarks.question;

import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Question: does a log of 10 GiB fold in a heap of 256 MiB?
 *
 * <p>Workload: 20,000,000 sets of registers of 480 bytes under 2,000,000 keys at random, one to a
 * commit, in segments of 64 MiB, folded to one by one call; the default overlay and cache beside.
 *
 * <p>Baseline: reading the log once from start to end, which is too long for the page cache of a
 * small machine. The ratio is of times, limit to store.
 */
public final class LongLog implements Benchmark {
  private static final Schema SCHEMA = Schema.of("key:", Strategy.LWW_REGISTER);
  private static final int VALUE_BYTES = 480;
  private static final int VALUES = 1 << 10;

  @Override
  public String name() {
    return "long-log";
  }

  @Override
  public String question() {
    return "does a log of 10 GiB fold in a heap of 256 MiB?";
  }

  @Override
  public List<String> jvmOptions() {
    return LogFold.JVM_OPTIONS;
  }

  @Override
  public boolean isLong() {
    return true;
  }

  @Override
  public void run(Run run) throws Exception {
    SplittableRandom random = new SplittableRandom(3);
    int keys = run.size(2_000_000, 200_000, 100);
    byte[] bytes = new byte[VALUE_BYTES + VALUES];
    random.nextBytes(bytes);
    LogFold.Folded folded =
        LogFold.run(
            run,
            SCHEMA,
            Figure.format("sets of %,d registers", keys),
            run.size(20_000_000, 2_000_000, 1_000),
            (batch, i) -> {
              int from = random.nextInt(VALUES);
              byte[] value = new byte[VALUE_BYTES];
              System.arraycopy(bytes, from, value, 0, VALUE_BYTES);
              batch.update("key:" + random.nextInt(keys), new Update.SetValue(Bytes.wrap(value)));
            });
    run.row(folded.row());
  }
}
