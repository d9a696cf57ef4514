package dev.tidemark.benchmarks.question;

import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.baseline.RocksBaseline;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.benchmarks.harness.Stopwatch;
import dev.tidemark.benchmarks.harness.Target;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/**
 * Question: how fast does a store take in what another has logged?
 *
 * <p>Workload: one store sets 100-byte values in 5,000,000 commits of one update each, under
 * 1,000,000 keys at random; then another takes them in by one {@code Exchange.pull} in the same
 * process: the log is read, each commit decoded, checked against its origin's history, logged and
 * joined; until all is folded and flushed.
 *
 * <p>Baseline: as many puts of RocksDB with its write-ahead log, until flushed. The ratio is of
 * rates.
 */
public final class Intake implements Benchmark {
  @Override
  public String name() {
    return "intake";
  }

  @Override
  public String question() {
    return "how fast does a store take in another's commits?";
  }

  @Override
  public String unfairness() {
    return "to the store: RocksDB has its keys and values at hand, checks nothing and cannot tell"
        + " what it has seen; to RocksDB: it keeps no last value of a key in memory; no network on"
        + " either side";
  }

  @Override
  public Set<Target> targets() {
    return EnumSet.of(Target.INTAKE);
  }

  @Override
  public void run(Run run) throws Exception {
    int updates = run.size(5_000_000, 300_000, 1_000);
    int keys = run.size(1_000_000, 100_000, 500);
    double rocks = rocks(run, updates, keys);
    Schema schema = Schema.of(Keys.prefix(), Strategy.LWW_REGISTER);
    try (Tidemark from =
            Tidemark.open(run.directory("from"), schema, Settings.storeWithWholeLog());
        Tidemark to = Tidemark.open(run.directory("to"), schema, Settings.store())) {
      LongUnaryOperator choice = Keys.uniform(keys);
      for (int i = 0; i < updates; i++) {
        from.lwwRegister(Keys.string(choice.applyAsLong(i)), Codec.bytes()).set(Keys.value(i));
      }
      from.flush();
      Stopwatch watch = new Stopwatch();
      long received;
      try (Exchange exchange = new Exchange(from, to)) {
        received = exchange.pull();
      }
      to.flush();
      double taken = watch.rate(received);
      run.row(
          new Row(
                  Figure.format("%,d commits, %,d keys, until folded", received, keys),
                  Figure.rate(taken),
                  Figure.rate(rocks),
                  taken / rocks)
              .reaching(Target.INTAKE));
    }
  }

  private static double rocks(Run run, int updates, int keys) throws Exception {
    LongUnaryOperator choice = Keys.uniform(keys);
    try (RocksBaseline rocks = new RocksBaseline(run.directory("rocks"))) {
      Stopwatch watch = new Stopwatch();
      for (int i = 0; i < updates; i++) {
        rocks.put(Keys.bytes(choice.applyAsLong(i)), Keys.value(i));
      }
      rocks.flush();
      return watch.rate(updates);
    }
  }
}
