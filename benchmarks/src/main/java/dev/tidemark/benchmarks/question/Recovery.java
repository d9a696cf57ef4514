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
 * Question: how long does an open take, by the length of the log's tail that the state does not
 * hold?
 *
 * <p>Workload: 1,000,000 registers of 100 bytes, all in the state; then 10^4 to 10^7 sets at random
 * among them, after which the state is put back to what it was before them, as if none of it had
 * reached the disk before a crash. Then the same with no state at all, and with nothing to replay.
 *
 * <p>Baseline: what the machine needs at the least, measured in the same run: reading the whole log
 * once, and as many RocksDB puts in sorted batches without its log. The ratio is of times, limit to
 * store: 1 could not be beaten.
 */
public final class Recovery implements Benchmark {
  private static final Schema SCHEMA = Schema.of("key:", Strategy.LWW_REGISTER);

  @Override
  public String name() {
    return "recovery";
  }

  @Override
  public String question() {
    return "how long does an open take after a crash?";
  }

  @Override
  public void run(Run run) throws Exception {
    int base = run.size(1_000_000, 100_000, 500);
    int longest = run.size(10_000_000, 1_000_000, 1_000);
    Names keys = new Names("key:", base, longest);
    byte[] value = Names.value(1);
    Path store = run.directory("store");
    Path state = store.resolve("state");
    Path before = run.directory("state-before");
    try (Tidemark opened = open(store)) {
      for (int i = 0; i < base; i++) {
        opened.lwwRegister("key:" + i, Codec.bytes()).set(value);
      }
    }
    Run.copy(state, before);
    int made = 0;
    for (int tail = run.size(10_000, 10_000, 10); tail <= longest; tail *= 10) {
      try (Tidemark opened = open(store)) {
        for (; made < tail; made++) {
          opened.lwwRegister(keys.at(made), Codec.bytes()).set(value);
        }
      }
      Run.delete(state);
      Run.copy(before, state);
      Path rocks = run.directory("rocks");
      double puts = PhysicalLimit.sortedBatchSeconds(rocks, keys, 0, tail, value);
      Run.delete(rocks);
      time(run, store, "a tail of", PhysicalLimit.readSeconds(store.resolve("log")) + puts);
    }
    Run.delete(state);
    Path rocks = run.directory("rocks");
    double puts =
        PhysicalLimit.sortedBatchSeconds(rocks, keys, 0, longest, value)
            + PhysicalLimit.sortedBatchSeconds(rocks, keys, 0, Math.min(base, longest), value);
    time(run, store, "no state,", PhysicalLimit.readSeconds(store.resolve("log")) + puts);
    time(run, store, "nothing to replay,", Double.NaN);
  }

  /** No upkeep of the log: the tail has to stay what it is. */
  private static Tidemark open(Path store) {
    return Tidemark.open(
        store,
        SCHEMA,
        Options.defaults()
            .withCompactionBytesPerSecond(0)
            .withRetention(Retention.byCommandOnly()));
  }

  private static void time(Run run, Path store, String what, double limit) {
    long begin = System.nanoTime();
    try (Tidemark opened = open(store)) {
      double seconds = (System.nanoTime() - begin) / 1e9;
      long replayed = opened.recovery().replayedOperations();
      Figure took =
          new Figure(Figure.format("%.3f s", seconds), Map.of("seconds", seconds))
              .and(Figure.rate(replayed / seconds));
      String question = Figure.format("open, %s %,d operations", what, replayed);
      run.row(
          Double.isNaN(limit)
              ? Row.of(question, took)
              : new Row(
                  question,
                  took,
                  new Figure(Figure.format("%.3f s", limit), Map.of("seconds", limit)),
                  limit / seconds));
    }
  }
}
