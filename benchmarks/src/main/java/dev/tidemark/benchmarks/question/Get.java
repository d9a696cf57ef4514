package dev.tidemark.benchmarks.question;

import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Rounds;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Stopwatch;
import dev.tidemark.benchmarks.harness.Target;
import dev.tidemark.engine.codec.Codec;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/**
 * Question: how fast does one thread read registers, few of them again and again, and all of them?
 *
 * <p>Workload: 1,000,000 lww-registers of 100 bytes, folded and flushed; gets at random of 10,000
 * of them, and of all; 7 rounds of 500,000 of each.
 *
 * <p>Baseline: RocksDB's {@code get} of the same keys and values, in the same rounds. The ratio is
 * of median rates.
 */
public final class Get implements Benchmark {
  private static final int ROUNDS = 7;

  @Override
  public String name() {
    return "get";
  }

  @Override
  public String question() {
    return "how fast does one thread read registers?";
  }

  @Override
  public String unfairness() {
    return "to RocksDB: it could be given a row cache, and is not; to the store: it looks first at"
        + " what is not folded yet, checks strategy and bounds, and has its indexes and filters in"
        + " the cache, where RocksDB's lie beside it and grow with the state";
  }

  @Override
  public Set<Target> targets() {
    return EnumSet.of(Target.GET_HOT, Target.GET_SPREAD);
  }

  @Override
  public void run(Run run) throws Exception {
    int keys = run.size(1_000_000, 100_000, 500);
    int hot = Math.min(keys, 10_000);
    int calls = run.size(500_000, 100_000, 500);
    try (Loaded loaded = new Loaded(run, keys)) {
      Rounds rounds =
          Rounds.of(
              ROUNDS,
              List.of(
                  round -> own(loaded, calls, hot),
                  round -> rocks(loaded, calls, hot),
                  round -> own(loaded, calls, keys),
                  round -> rocks(loaded, calls, keys)));
      run.row(
          rounds
              .rates(Figure.format("get, hot: %,d of %,d keys", hot, keys), 0, 1)
              .reaching(Target.GET_HOT));
      run.row(
          rounds
              .rates(Figure.format("get, spread over %,d keys", keys), 2, 3)
              .reaching(Target.GET_SPREAD));
    }
  }

  private static double own(Loaded loaded, int calls, int among) {
    LongUnaryOperator choice = Keys.uniform(among);
    Stopwatch watch = new Stopwatch();
    for (int i = 0; i < calls; i++) {
      String key = Keys.string(choice.applyAsLong(i));
      if (loaded.store.lwwRegister(key, Codec.bytes()).get().isEmpty()) {
        throw new IllegalStateException("the store lacks a key that was set");
      }
    }
    return watch.rate(calls);
  }

  private static double rocks(Loaded loaded, int calls, int among) {
    LongUnaryOperator choice = Keys.uniform(among);
    Stopwatch watch = new Stopwatch();
    for (int i = 0; i < calls; i++) {
      if (loaded.rocks.get(Keys.bytes(choice.applyAsLong(i))) == null) {
        throw new IllegalStateException("RocksDB lacks a key that was put");
      }
    }
    return watch.rate(calls);
  }
}
