package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.baseline.RocksBaseline;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.benchmarks.harness.Stopwatch;
import dev.tidemark.benchmarks.harness.Target;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/**
 * Question: what does it cost to set a register, by one thread?
 *
 * <p>Workload: 20,000,000 sets of 100-byte incompressible values to lww-registers, BUFFERED; each
 * call timed, the whole until all is folded, flushed and forced. Keys: 1,000,000 at random;
 * 10,000,000 at random, so that hardly two updates of a key meet in memory; 1,000,000 by Zipf's law
 * with exponent 0.99.
 *
 * <p>Baseline: as many {@code put}s of RocksDB with its write-ahead log, not synced, until its
 * write buffers are tables and all is forced; the same keys and values, and the same memory for
 * writing. The ratio is of rates: above 1 the store is faster. A second row has RocksDB force that
 * log as often as the store forces its own: then both lose as little in a power failure.
 */
public final class Put implements Benchmark {
  /** How often the store forces its log where nobody waits for it. */
  private static final Duration SYNC_INTERVAL = Settings.store().syncInterval();

  private final String name;
  private final String question;
  private final int millionKeys;
  private final double zipf;
  private final Target target;

  private Put(String name, String question, int millionKeys, double zipf, Target target) {
    this.name = name;
    this.question = question;
    this.millionKeys = millionKeys;
    this.zipf = zipf;
    this.target = target;
  }

  /** 10^6 keys, each as often. */
  public static Put uniform() {
    return new Put("put", "how fast does one thread set registers?", 1, 0, Target.PUT);
  }

  /** 10^7 keys, each as often. */
  public static Put spread() {
    return new Put("put-spread", "the same over 10^7 keys?", 10, 0, Target.PUT_SPREAD);
  }

  /** 10^6 keys, some far more often. */
  public static Put zipfian() {
    return new Put("put-zipfian", "the same where few keys are hot?", 1, 0.99, Target.PUT_ZIPFIAN);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String question() {
    return question;
  }

  @Override
  public String unfairness() {
    return "to RocksDB: it has tables of each put in order at once, where the store keeps the last"
        + " value of a key in memory and folds it later; to the store: it writes history that peers"
        + " can read, forces it every 50 ms where RocksDB's log is mostly deleted before the system"
        + " writes it to the disk, and checks that it could be merged";
  }

  @Override
  public Set<Target> targets() {
    return target == Target.PUT ? EnumSet.of(target, Target.STALL) : EnumSet.of(target);
  }

  @Override
  public void run(Run run) throws Exception {
    int calls = run.size(20_000_000, 1_000_000, 2_000);
    long keys = millionKeys * (long) run.size(1_000_000, 100_000, 500);
    Timed rocks = rocks(run, calls, choice(keys), false);
    run.note("%s: RocksDB is done, %,.0f/s", name, rocks.rate);
    Timed own = own(run, calls, choice(keys));
    run.row(
        new Row(
                Figure.format("%,d puts, %,d keys, until folded and synced", calls, keys),
                own.figure(),
                rocks.figure(),
                own.rate / rocks.rate)
            .reaching(target));
    if (target == Target.PUT) {
      Timed forced = rocks(run, calls, choice(keys), true);
      run.row(
          new Row(
              Figure.format(
                  "the same; RocksDB with its log forced every %d ms too",
                  SYNC_INTERVAL.toMillis()),
              own.figure(),
              forced.figure(),
              own.rate / forced.rate));
      run.row(
          new Row(
                  "the longest that a put took",
                  own.latency.maxFigure(),
                  rocks.latency.maxFigure(),
                  own.latency.maxMillis() / rocks.latency.maxMillis())
              .reaching(Target.STALL, own.latency.maxMillis()));
    }
  }

  private LongUnaryOperator choice(long keys) {
    return zipf == 0 ? Keys.uniform(keys) : Keys.zipfian(keys, zipf);
  }

  private static Timed rocks(Run run, int calls, LongUnaryOperator choice, boolean forced)
      throws Exception {
    Latency latency = new Latency();
    double rate;
    try (RocksBaseline rocks = new RocksBaseline(run.directory("rocks"))) {
      if (forced) {
        rocks.forceLogEvery(SYNC_INTERVAL);
      }
      Stopwatch watch = new Stopwatch();
      latency.time(calls, i -> rocks.put(Keys.bytes(choice.applyAsLong(i)), Keys.value(i)));
      rocks.flush();
      rate = watch.rate(calls);
    }
    Run.delete(run.directory("rocks"));
    return new Timed(latency, rate);
  }

  private static Timed own(Run run, int calls, LongUnaryOperator choice) throws Exception {
    Latency latency = new Latency();
    double rate;
    Schema schema = Schema.of(Keys.prefix(), Strategy.LWW_REGISTER);
    try (Tidemark store = Tidemark.open(run.directory("store"), schema, Settings.store())) {
      Stopwatch watch = new Stopwatch();
      latency.time(
          calls,
          i ->
              store
                  .lwwRegister(Keys.string(choice.applyAsLong(i)), Codec.bytes())
                  .set(Keys.value(i)));
      store.flush();
      rate = watch.rate(calls);
    }
    Run.delete(run.directory("store"));
    return new Timed(latency, rate);
  }

  /** Calls, and all of them with what was left to do after the last. */
  private record Timed(Latency latency, double rate) {
    Figure figure() {
      return Figure.rate(rate).and(latency.callFigure());
    }
  }
}
