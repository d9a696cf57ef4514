package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.nio.ByteBuffer;

/**
 * Question: what does it cost to count, by one thread, at one counter and spread over many?
 *
 * <p>Workload: 1,000,000 increments of pn-counters, BUFFERED, default options: first all at one
 * key, then over 10,000 keys at random.
 *
 * <p>Baseline: RocksDB, where each increment gets the number and puts the next one, with its
 * write-ahead log, not synced; the same keys, in the same run. The ratio is of rates.
 */
public final class Increment implements Benchmark {
  @Override
  public String name() {
    return "increment";
  }

  @Override
  public String question() {
    return "how fast does one thread count, beside get and put of RocksDB?";
  }

  @Override
  public void run(Run run) throws Exception {
    int calls = run.size(1_000_000, 200_000, 1_000);
    count(run, "increment of one key", new Names("n:", 1, calls));
    count(run, "increment over many keys", new Names("n:", run.size(10_000, 10_000, 100), calls));
  }

  private static void count(Run run, String question, Names keys) throws Exception {
    Latency baseline = new Latency();
    try (RocksBaseline rocks = new RocksBaseline(run.directory("rocks " + question))) {
      baseline.time(
          keys.calls(),
          i -> {
            byte[] before = rocks.get(keys.at(i));
            long number = before == null ? 0 : ByteBuffer.wrap(before).getLong();
            rocks.put(keys.at(i), ByteBuffer.allocate(Long.BYTES).putLong(number + 1).array());
          });
    }
    Latency own = new Latency();
    try (Tidemark store =
        Tidemark.open(run.directory("store " + question), Schema.of("n:", Strategy.PN_COUNTER))) {
      own.time(keys.calls(), i -> store.pnCounter(keys.at(i)).increment());
    }
    run.row(
        new Row(
            question,
            own.rateFigure(),
            baseline.rateFigure(),
            own.perSecond() / baseline.perSecond()));
  }
}
