package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
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
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/**
 * Question: how fast does an open replay what the log holds and the state does not?
 *
 * <p>Workload: 10,000,000 sets of 100-byte values to lww-registers under 1,000,000 keys at random;
 * then the state is put back to what it was before them, as if none of it had reached the disk
 * before a crash, and the store is opened. The time is that of the open.
 *
 * <p>Baseline: reading the log once. The ratio is of times, limit to store.
 */
public final class Replay implements Benchmark {
  private static final Schema SCHEMA = Schema.of(Keys.prefix(), Strategy.LWW_REGISTER);

  @Override
  public String name() {
    return "replay";
  }

  @Override
  public String question() {
    return "how fast is the log replayed after a crash?";
  }

  @Override
  public String unfairness() {
    return "to the store: reading looks at nothing; to nobody: the log is in the page cache";
  }

  @Override
  public Set<Target> targets() {
    return EnumSet.of(Target.REPLAY);
  }

  @Override
  public void run(Run run) throws Exception {
    int puts = run.size(10_000_000, 500_000, 1_000);
    LongUnaryOperator choice = Keys.uniform(run.size(1_000_000, 100_000, 500));
    Path store = run.directory("store");
    Path state = store.resolve("state");
    Path before = run.directory("state-before");
    Tidemark.open(store, SCHEMA, Settings.storeWithWholeLog()).close();
    Run.copy(state, before);
    try (Tidemark opened = Tidemark.open(store, SCHEMA, Settings.storeWithWholeLog())) {
      for (int i = 0; i < puts; i++) {
        opened.lwwRegister(Keys.string(choice.applyAsLong(i)), Codec.bytes()).set(Keys.value(i));
      }
    }
    Run.delete(state);
    Run.copy(before, state);
    double limit = PhysicalLimit.readSeconds(store.resolve("log"));
    Stopwatch watch = new Stopwatch();
    try (Tidemark opened = Tidemark.open(store, SCHEMA, Settings.storeWithWholeLog())) {
      double seconds = watch.seconds();
      long replayed = opened.recovery().replayedOperations();
      double rate = replayed / seconds;
      run.row(
          new Row(
                  Figure.format("open, %,d operations to replay", replayed),
                  Figure.rate(rate).and(Figure.seconds(seconds)),
                  Figure.rate(replayed / limit),
                  limit / seconds)
              .reaching(Target.REPLAY, rate));
    }
  }
}
