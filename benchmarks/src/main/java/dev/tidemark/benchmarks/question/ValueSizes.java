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
 * Question: what do put and get cost by the length of the value?
 *
 * <p>Workload: lww-registers of 10 bytes to 64 KiB, 256 MiB of values or 1,000,000, whichever is
 * less, under a fifth as many keys at random, BUFFERED, until folded and flushed; then as many gets
 * at random.
 *
 * <p>Baseline: the same of RocksDB with its write-ahead log. The ratio is of rates.
 */
public final class ValueSizes implements Benchmark {
  private static final int VALUES = 64;

  @Override
  public String name() {
    return "value-sizes";
  }

  @Override
  public String question() {
    return "what do put and get cost by the length of the value?";
  }

  @Override
  public String unfairness() {
    return "to the store: it writes long values twice, to its log and to its state; to RocksDB: it"
        + " could keep long values apart in blob files, and does not by default";
  }

  @Override
  public void run(Run run) throws Exception {
    for (int length : List.of(10, 100, 1 << 10, 1 << 13, 1 << 16)) {
      int most = run.size(256 << 20, 32 << 20, 1 << 20) / length;
      int calls = Math.min(run.size(1_000_000, 100_000, 200), most);
      byte[][] values = Keys.values(VALUES, length);
      double[] rocks = rocks(run, calls, values);
      double[] own = own(run, calls, values);
      String of = Figure.format("of %,d bytes", length);
      run.row(row("put " + of + ", until folded", own[0], rocks[0]));
      run.row(row("get " + of, own[1], rocks[1]));
    }
  }

  private static Row row(String question, double own, double rocks) {
    return new Row(question, Figure.rate(own), Figure.rate(rocks), own / rocks);
  }

  private static double[] own(Run run, int calls, byte[][] values) throws Exception {
    double[] rates = new double[2];
    LongUnaryOperator choice = Keys.uniform(calls / 5);
    Schema schema = Schema.of(Keys.prefix(), Strategy.LWW_REGISTER);
    try (Tidemark store = Tidemark.open(run.directory("store"), schema, Settings.store())) {
      Stopwatch watch = new Stopwatch();
      for (int i = 0; i < calls; i++) {
        store
            .lwwRegister(Keys.string(choice.applyAsLong(i)), Codec.bytes())
            .set(values[i % VALUES]);
      }
      store.flush();
      rates[0] = watch.rate(calls);
      watch = new Stopwatch();
      long found = 0;
      for (int i = 0; i < calls; i++) {
        var value = store.lwwRegister(Keys.string(choice.applyAsLong(i)), Codec.bytes()).get();
        found += value.isPresent() ? 1 : 0;
      }
      rates[1] = watch.rate(calls);
      run.note("%,d of %,d gets found a value", found, calls);
    }
    Run.delete(run.directory("store"));
    return rates;
  }

  private static double[] rocks(Run run, int calls, byte[][] values) throws Exception {
    double[] rates = new double[2];
    LongUnaryOperator choice = Keys.uniform(calls / 5);
    try (RocksBaseline rocks = new RocksBaseline(run.directory("rocks"))) {
      Stopwatch watch = new Stopwatch();
      for (int i = 0; i < calls; i++) {
        rocks.put(Keys.bytes(choice.applyAsLong(i)), values[i % VALUES]);
      }
      rocks.flush();
      rates[0] = watch.rate(calls);
      watch = new Stopwatch();
      for (int i = 0; i < calls; i++) {
        rocks.get(Keys.bytes(choice.applyAsLong(i)));
      }
      rates[1] = watch.rate(calls);
    }
    Run.delete(run.directory("rocks"));
    return rates;
  }
}
