package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.baseline.RocksBaseline;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.benchmarks.harness.Stopwatch;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * Question: how much faster are updates in commits of several?
 *
 * <p>Workload: 2,000,000 sets of 100-byte values to lww-registers under 1,000,000 keys at random,
 * in commits of 1, 10, 100 and 1,000, BUFFERED, until folded and flushed.
 *
 * <p>Baseline: RocksDB's write batches of the same sizes with its write-ahead log. The ratio is of
 * rates.
 */
public final class Batches implements Benchmark {
  @Override
  public String name() {
    return "batches";
  }

  @Override
  public String question() {
    return "how much faster are updates in commits of several?";
  }

  @Override
  public String unfairness() {
    return "to the store: a commit can read what it has written, a write batch cannot";
  }

  @Override
  public void run(Run run) throws Exception {
    int updates = run.size(2_000_000, 200_000, 2_000);
    int keys = run.size(1_000_000, 100_000, 500);
    for (int size : List.of(1, 10, 100, 1_000)) {
      double rocks = rocks(run, updates, keys, size);
      double own = own(run, updates, keys, size);
      run.row(
          new Row(
              Figure.format("updates in commits of %,d, until folded", size),
              Figure.rate(own),
              Figure.rate(rocks),
              own / rocks));
    }
  }

  private static double own(Run run, int updates, int keys, int size) throws Exception {
    double rate;
    LongUnaryOperator choice = Keys.uniform(keys);
    Schema schema = Schema.of(Keys.prefix(), Strategy.LWW_REGISTER);
    try (Tidemark store = Tidemark.open(run.directory("store"), schema, Settings.store())) {
      Stopwatch watch = new Stopwatch();
      for (int from = 0; from < updates; from += size) {
        int first = from;
        store.commit(
            batch -> {
              for (int i = first; i < first + size; i++) {
                batch
                    .lwwRegister(Keys.string(choice.applyAsLong(i)), Codec.bytes())
                    .set(Keys.value(i));
              }
            });
      }
      store.flush();
      rate = watch.rate(updates);
    }
    Run.delete(run.directory("store"));
    return rate;
  }

  private static double rocks(Run run, int updates, int keys, int size) throws Exception {
    double rate;
    LongUnaryOperator choice = Keys.uniform(keys);
    try (RocksBaseline rocks = new RocksBaseline(run.directory("rocks"))) {
      Stopwatch watch = new Stopwatch();
      for (int from = 0; from < updates; from += size) {
        byte[][] batch = new byte[size][];
        for (int i = 0; i < size; i++) {
          batch[i] = Keys.bytes(choice.applyAsLong(from + i));
        }
        rocks.putBatch(batch, Keys.value(from));
      }
      rocks.flush();
      rate = watch.rate(updates);
    }
    Run.delete(run.directory("rocks"));
    return rate;
  }
}
