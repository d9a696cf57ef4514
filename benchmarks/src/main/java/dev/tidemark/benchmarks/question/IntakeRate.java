package dev.tidemark.benchmarks.question;

import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;

/**
 * Question: how fast does a store take in what another has logged?
 *
 * <p>Workload: one store sets 100-byte values in 500,000 commits of one update each, under 100,000
 * keys at random; then another takes them in by one {@code Exchange.pull} in the same process: the
 * log is read, each commit decoded, checked against its origin's history, logged and joined.
 *
 * <p>Baseline: the rate at which the first store made them. The ratio is of rates.
 */
public final class IntakeRate implements Benchmark {
  @Override
  public String name() {
    return "intake";
  }

  @Override
  public String question() {
    return "how fast does a store take in another's commits?";
  }

  @Override
  public void run(Run run) throws Exception {
    int updates = run.size(500_000, 100_000, 1_000);
    Names keys = new Names("key:", run.size(100_000, 100_000, 500), updates);
    byte[] value = Names.value(1);
    Schema schema = Schema.of("key:", Strategy.LWW_REGISTER);
    try (Tidemark from = Tidemark.open(run.directory("from"), schema);
        Tidemark to = Tidemark.open(run.directory("to"), schema)) {
      long begin = System.nanoTime();
      for (int i = 0; i < updates; i++) {
        from.lwwRegister(keys.at(i), Codec.bytes()).set(value);
      }
      double made = updates / seconds(begin);
      from.flush();
      begin = System.nanoTime();
      long received;
      try (Exchange exchange = new Exchange(from, to)) {
        received = exchange.pull();
      }
      double taken = received / seconds(begin);
      run.row(
          new Row(
              Figure.format("pull of %,d commits", received),
              Figure.rate(taken),
              Figure.rate(made),
              taken / made));
    }
  }

  private static double seconds(long sinceNanos) {
    return (System.nanoTime() - sinceNanos) / 1e9;
  }
}
