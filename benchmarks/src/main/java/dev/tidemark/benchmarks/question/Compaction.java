package dev.tidemark.benchmarks.question;

import dev.tidemark.Batch;
import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.compaction.CompactionReport;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Question: how fast does the log fold, and how small does it get?
 *
 * <p>Workload: 10,000,000 increments over 100 counters; 1,000,000 adds and removes of 100 elements
 * of one or-set; 5,000,000 sets of 100-byte registers under 1,000,000 keys at random; each of one
 * update to a commit, in segments of 64 MiB, folded to one by one call.
 *
 * <p>Baseline: what the machine needs at the least, in the same run: reading the log once from
 * start to end. The ratio is of times, limit to store.
 */
public final class Compaction implements Benchmark {
  private static final Schema SCHEMA =
      Schema.of("count:", Strategy.G_COUNTER)
          .and("set:", Strategy.OR_SET)
          .and("key:", Strategy.LWW_REGISTER);

  private final SplittableRandom random = new SplittableRandom(3);

  /** Makes the update of a number. */
  private interface Workload {
    void write(Batch batch, int number);
  }

  @Override
  public String name() {
    return "compaction";
  }

  @Override
  public String question() {
    return "how fast does the log fold, and how small does it get?";
  }

  @Override
  public void run(Run run) throws Exception {
    fold(
        run,
        "increments of 100 counters",
        run.size(10_000_000, 1_000_000, 1_000),
        (batch, i) -> batch.update("count:" + i % 100, new Update.Increment(1)));
    fold(
        run,
        "adds and removes of 100 elements",
        run.size(1_000_000, 100_000, 1_000),
        (batch, i) -> {
          Bytes element = Bytes.utf8("element-" + random.nextInt(100));
          batch.update(
              "set:one",
              random.nextBoolean() ? new Update.Add(element) : new Update.Remove(element));
        });
    int keys = run.size(1_000_000, 100_000, 100);
    Bytes value = Bytes.wrap(Names.value(1));
    fold(
        run,
        Figure.format("sets of %,d registers", keys),
        run.size(5_000_000, 500_000, 1_000),
        (batch, i) -> batch.update("key:" + random.nextInt(keys), new Update.SetValue(value)));
  }

  private static void fold(Run run, String what, int updates, Workload workload) throws Exception {
    Path store = run.directory("store");
    Options options =
        Options.defaults().withCompactionBytesPerSecond(0).withRetention(Retention.byCommandOnly());
    try (Tidemark opened = Tidemark.open(store, SCHEMA, options)) {
      for (int i = 0; i < updates; i++) {
        int number = i;
        opened.commit(batch -> workload.write(batch, number));
      }
      opened.roll();
      opened.flush();
      double limit = PhysicalLimit.readSeconds(store.resolve("log"));
      long begin = System.nanoTime();
      CompactionReport report = opened.compact();
      double seconds = (System.nanoTime() - begin) / 1e9;
      double written = (double) report.bytesAfter() / report.bytesBefore();
      run.row(
          new Row(
              Figure.format("%,d %s", updates, what),
              Figure.rate(updates / seconds)
                  .and(
                      new Figure(
                          Figure.format(
                              "%,.1f MiB to %,d deltas of %,.1f MiB, %.4f bytes a byte",
                              report.bytesBefore() / 1048576.0,
                              report.records(),
                              report.bytesAfter() / 1048576.0,
                              written),
                          Map.of(
                              "bytes_before", (double) report.bytesBefore(),
                              "bytes_after", (double) report.bytesAfter(),
                              "records", (double) report.records(),
                              "rewritten_per_byte", written))),
              Figure.rate(updates / limit),
              limit / seconds));
    }
    Run.delete(store);
  }
}
