package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import java.nio.file.Path;
import java.util.Map;

/**
 * Question: how long does a snapshot take?
 *
 * <p>Workload: 5,000,000 registers of 100 bytes, all flushed; then a snapshot, and another after
 * one more update. A snapshot hashes all its files and all cells.
 *
 * <p>Baseline: reading the files of the state once from start to end, in the same run. The ratio is
 * of times, limit to store.
 */
public final class SnapshotTaking implements Benchmark {
  @Override
  public String name() {
    return "snapshot";
  }

  @Override
  public String question() {
    return "how long does a snapshot take?";
  }

  @Override
  public void run(Run run) throws Exception {
    int keys = run.size(5_000_000, 500_000, 1_000);
    byte[] value = Names.value(1);
    Path store = run.directory("store");
    Options options = Options.defaults().withRetention(Retention.byCommandOnly());
    try (Tidemark opened =
        Tidemark.open(store, Schema.of("key:", Strategy.LWW_REGISTER), options)) {
      for (int i = 0; i < keys; i++) {
        opened.lwwRegister("key:" + i, Codec.bytes()).set(value);
      }
      opened.flush();
      double limit = PhysicalLimit.readSeconds(store.resolve("state"));
      take(run, opened, Figure.format("snapshot of %,d keys", keys), limit);
      opened.lwwRegister("key:0", Codec.bytes()).set(value);
      take(run, opened, "another after one update", limit);
    }
  }

  private static void take(Run run, Tidemark store, String what, double limit) {
    long begin = System.nanoTime();
    store.snapshot();
    double seconds = (System.nanoTime() - begin) / 1e9;
    run.row(
        new Row(
            what,
            new Figure(Figure.format("%.3f s", seconds), Map.of("seconds", seconds)),
            new Figure(Figure.format("%.3f s", limit), Map.of("seconds", limit)),
            limit / seconds));
  }
}
