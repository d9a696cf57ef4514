package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;

/**
 * Question: what does it cost to set a register, by one thread?
 *
 * <p>Workload: 3,000,000 sets of 100-byte values to lww-registers under 1,000,000 keys, chosen at
 * random, BUFFERED, default options; each call timed. The last row waits for the fold of the rest.
 *
 * <p>Baseline: as many {@code put}s of RocksDB with its write-ahead log, not synced, in the same
 * run, before and after: the mean of the two. The ratio is of rates: above 1 the store is faster.
 */
public final class Put implements Benchmark {
  @Override
  public String name() {
    return "put";
  }

  @Override
  public String question() {
    return "how fast does one thread set registers, beside RocksDB with its log?";
  }

  @Override
  public void run(Run run) throws Exception {
    int calls = run.size(3_000_000, 500_000, 2_000);
    Names keys = new Names("key:", run.size(1_000_000, 200_000, 500), calls);
    byte[][] values = new byte[1024][];
    for (int i = 0; i < values.length; i++) {
      values[i] = Names.value(i);
    }
    Latency before = rocks(run, "rocks-before", keys, values);
    Latency own = new Latency();
    long begin = System.nanoTime();
    try (Tidemark store =
        Tidemark.open(run.directory("store"), Schema.of("key:", Strategy.LWW_REGISTER))) {
      own.time(
          calls,
          i -> store.lwwRegister(keys.at(i), Codec.bytes()).set(values[i & values.length - 1]));
      store.flush();
    }
    double flushed = calls / ((System.nanoTime() - begin) / 1e9);
    Latency after = rocks(run, "rocks-after", keys, values);
    Latency baseline = before;
    double mean = (before.perSecond() + after.perSecond()) / 2;
    run.row(
        new Row("set, BUFFERED", own.rateFigure(), baseline.rateFigure(), own.perSecond() / mean));
    run.row(Row.of("set, until all is folded and flushed", Figure.rate(flushed)));
    run.row(Row.of("RocksDB put, once more afterwards", after.rateFigure()));
  }

  private static Latency rocks(Run run, String name, Names keys, byte[][] values) throws Exception {
    Latency latency = new Latency();
    try (RocksBaseline rocks = new RocksBaseline(run.directory(name))) {
      latency.time(keys.calls(), i -> rocks.put(keys.at(i), values[i & values.length - 1]));
    }
    return latency;
  }
}
