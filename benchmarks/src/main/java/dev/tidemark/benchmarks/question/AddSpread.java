package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.baseline.RocksBaseline;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;

/**
 * Question: what does it cost to add to sets, spread over many keys, by one thread?
 *
 * <p>Workload: 1,000,000 adds of elements of up to 8 bytes, most of them new, to or-sets under
 * 10,000 keys at random, BUFFERED, default options. An add reads: it overrides what was added
 * before.
 *
 * <p>Baseline: RocksDB, a put of key and element with its write-ahead log, not synced, which reads
 * nothing; the same keys, in the same run. The ratio is of rates.
 */
public final class AddSpread implements Benchmark {
  private static final byte[] PRESENT = new byte[16];

  @Override
  public String name() {
    return "add-spread";
  }

  @Override
  public String question() {
    return "how fast does one thread add to many or-sets, beside put of RocksDB?";
  }

  @Override
  public void run(Run run) throws Exception {
    int calls = run.size(1_000_000, 200_000, 1_000);
    Names keys = new Names("set:", run.size(10_000, 10_000, 100), calls);
    Names elements = new Names("", calls, calls);
    Latency baseline = new Latency();
    try (RocksBaseline rocks = new RocksBaseline(run.directory("rocks"))) {
      baseline.time(calls, i -> rocks.put(keys.at(i) + "/" + elements.at(i), PRESENT));
    }
    Latency own = new Latency();
    try (Tidemark store =
        Tidemark.open(run.directory("store"), Schema.of("set:", Strategy.OR_SET))) {
      own.time(calls, i -> store.orSet(keys.at(i), Codec.utf8()).add(elements.at(i)));
    }
    run.row(
        new Row(
            "add over many keys, BUFFERED",
            own.rateFigure(),
            baseline.rateFigure(),
            own.perSecond() / baseline.perSecond()));
  }
}
