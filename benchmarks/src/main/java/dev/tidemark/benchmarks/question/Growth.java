package dev.tidemark.benchmarks.question;

import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.storage.Status;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/**
 * Question: what do a put and a get cost, and how many bytes does a key take, as keys grow?
 *
 * <p>Workload: stores of 10^5, 10^6 and 10^7 lww-registers of 100 bytes, folded and flushed; then
 * 200,000 gets and 200,000 sets at random.
 *
 * <p>Baseline: RocksDB that holds the same, with its write-ahead log. The ratio is of medians,
 * store to RocksDB.
 */
public final class Growth implements Benchmark {
  @Override
  public String name() {
    return "growth";
  }

  @Override
  public String question() {
    return "what do put and get cost as keys grow from 10^5 to 10^7?";
  }

  @Override
  public String unfairness() {
    return "to both alike: 10^7 keys are far more than the cache, and lie in the page cache";
  }

  @Override
  public void run(Run run) throws Exception {
    int most = run.size(10_000_000, 100_000, 500);
    for (int keys = run.size(100_000, 10_000, 50); keys <= most; keys *= 10) {
      measure(run, keys, run.size(200_000, 50_000, 100));
      Run.delete(run.directory("store"));
      Run.delete(run.directory("rocks"));
    }
  }

  private static void measure(Run run, int keys, int calls) throws Exception {
    try (Loaded loaded = new Loaded(run, keys)) {
      LongUnaryOperator choice = Keys.uniform(keys);
      Status status = loaded.store.status();
      double logBytes = (double) status.logBytes() / keys;
      double stateBytes = (double) status.stateBytes() / keys;
      run.row(
          Row.of(
              Figure.format("bytes a key of 112, %,d keys", keys),
              new Figure(
                  Figure.format("%.0f in the state, %.0f in the log", stateBytes, logBytes),
                  Map.of("state_bytes", stateBytes, "log_bytes", logBytes))));
      Latency rocksGets = new Latency();
      rocksGets.time(calls, i -> loaded.rocks.get(Keys.bytes(choice.applyAsLong(i))));
      Latency gets = new Latency();
      gets.time(
          calls,
          i -> loaded.store.lwwRegister(Keys.string(choice.applyAsLong(i)), Codec.bytes()).get());
      run.row(row(Figure.format("get, %,d keys", keys), gets, rocksGets));
      Latency rocksPuts = new Latency();
      rocksPuts.time(
          calls, i -> loaded.rocks.put(Keys.bytes(choice.applyAsLong(i)), Keys.value(i)));
      Latency puts = new Latency();
      puts.time(
          calls,
          i ->
              loaded
                  .store
                  .lwwRegister(Keys.string(choice.applyAsLong(i)), Codec.bytes())
                  .set(Keys.value(i)));
      run.row(row(Figure.format("put, %,d keys", keys), puts, rocksPuts));
    }
  }

  private static Row row(String question, Latency own, Latency rocks) {
    return new Row(
        question, own.figure(), rocks.figure(), own.medianMicros() / rocks.medianMicros());
  }
}
