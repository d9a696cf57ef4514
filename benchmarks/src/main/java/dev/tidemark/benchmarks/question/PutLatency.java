package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.baseline.RocksBaseline;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.benchmarks.harness.Target;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/**
 * Question: how long does a put take when puts come at a steady rate?
 *
 * <p>Workload: 100,000 sets a second of 100-byte values to lww-registers under 1,000,000 keys at
 * random, BUFFERED, by one thread, for 20 seconds after 10 that do not count. Each call is due at
 * its time, and takes from then on, even if the one before kept it from beginning: a stall shows in
 * all the calls that had to wait for it, not in one.
 *
 * <p>Baseline: RocksDB's {@code put} with its write-ahead log, not synced, at the same rate. The
 * ratio is of the p99.9s: below 1 the store is faster.
 */
public final class PutLatency implements Benchmark {
  private static final int PER_SECOND = 100_000;
  private static final long NANOS_BETWEEN = 1_000_000_000 / PER_SECOND;

  @Override
  public String name() {
    return "put-latency";
  }

  @Override
  public String question() {
    return "how long does a put take at 100,000 a second?";
  }

  @Override
  public String unfairness() {
    return "to both alike: the caller spins until a call is due, on one of two processors, and what"
        + " works in the background shares the other";
  }

  @Override
  public Set<Target> targets() {
    return EnumSet.of(Target.PUT_LATENCY);
  }

  @Override
  public void run(Run run) throws Exception {
    int calls = run.size(20 * PER_SECOND, 5 * PER_SECOND, 500);
    int keys = run.size(1_000_000, 100_000, 500);
    Latency baseline;
    try (RocksBaseline rocks = new RocksBaseline(run.directory("rocks"))) {
      LongUnaryOperator choice = Keys.uniform(keys);
      baseline = paced(calls, i -> rocks.put(Keys.bytes(choice.applyAsLong(i)), Keys.value(i)));
    }
    Latency own;
    Schema schema = Schema.of(Keys.prefix(), Strategy.LWW_REGISTER);
    try (Tidemark store = Tidemark.open(run.directory("store"), schema, Settings.store())) {
      LongUnaryOperator choice = Keys.uniform(keys);
      own =
          paced(
              calls,
              i ->
                  store
                      .lwwRegister(Keys.string(choice.applyAsLong(i)), Codec.bytes())
                      .set(Keys.value(i)));
    }
    run.row(
        new Row(
                Figure.format("put at %,d/s, %,d keys", PER_SECOND, keys),
                own.tailFigure(),
                baseline.tailFigure(),
                own.p999Micros() / baseline.p999Micros())
            .reaching(Target.PUT_LATENCY));
  }

  private static Latency paced(int calls, Latency.Call call) {
    new Latency().timePaced(calls / 2, NANOS_BETWEEN, call);
    Latency latency = new Latency();
    latency.timePaced(calls, NANOS_BETWEEN, call);
    return latency;
  }
}
