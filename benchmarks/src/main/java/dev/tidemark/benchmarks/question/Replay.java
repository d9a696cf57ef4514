package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.nio.file.Path;
import java.util.Map;

/**
 * Question: how fast does opening replay what the log holds and the state does not?
 *
 * <p>Workload: a log of 1,000,000 sets of 100-byte values under 1,000,000 keys at random; the
 * directory of the state is removed, so that opening folds all of it again. Then it is opened once
 * more, with nothing to replay.
 *
 * <p>Baseline: the rate at which the same updates were made. The ratio is of rates.
 */
public final class Replay implements Benchmark {
  @Override
  public String name() {
    return "replay";
  }

  @Override
  public String question() {
    return "how fast does opening replay the log?";
  }

  @Override
  public void run(Run run) throws Exception {
    int updates = run.size(1_000_000, 200_000, 1_000);
    Names keys = new Names("key:", run.size(1_000_000, 200_000, 500), updates);
    byte[] value = Names.value(1);
    Path directory = run.directory("store");
    Schema schema = Schema.of("key:", Strategy.LWW_REGISTER);
    long begin = System.nanoTime();
    try (Tidemark store = Tidemark.open(directory, schema)) {
      for (int i = 0; i < updates; i++) {
        store.lwwRegister(keys.at(i), Codec.bytes()).set(value);
      }
    }
    double made = updates / seconds(begin);
    Run.delete(directory.resolve("state"));

    begin = System.nanoTime();
    long commits;
    double opened;
    try (Tidemark store = Tidemark.open(directory, schema)) {
      opened = seconds(begin);
      commits = store.recovery().replayedCommits();
    }
    run.row(
        new Row(
            Figure.format("open, replaying %,d commits", commits),
            Figure.rate(commits / opened),
            Figure.rate(made),
            commits / opened / made));

    begin = System.nanoTime();
    try (Tidemark store = Tidemark.open(directory, schema)) {
      double again = seconds(begin);
      run.row(
          Row.of(
              Figure.format("open, replaying %,d commits", store.recovery().replayedCommits()),
              new Figure(Figure.format("%.0f ms", again * 1e3), Map.of("seconds", again))));
    }
  }

  private static double seconds(long sinceNanos) {
    return (System.nanoTime() - sinceNanos) / 1e9;
  }
}
