package dev.tidemark.benchmarks.question;

import dev.tidemark.Batch;
import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.MemoryPeak;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.compaction.CompactionReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A log that is written, folded to one segment by one call, and gone again: a row. */
final class LogFold {
  /** Whatever the log is, it has to be folded in this: told, so that nobody has to believe it. */
  static final List<String> JVM_OPTIONS = List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch");

  private LogFold() {}

  /** Makes the update of a number. */
  interface Workload {
    void write(Batch batch, int number);
  }

  /** How fast it was, with all that is to be told. */
  record Folded(Row row, double perSecond) {}

  /** Makes commits of one update each, and folds them. */
  static Folded run(Run run, Schema schema, String what, int updates, Workload workload)
      throws Exception {
    Path store = run.directory("store");
    Row row;
    double perSecond;
    Options options =
        Options.defaults().withCompactionBytesPerSecond(0).withRetention(Retention.byCommandOnly());
    try (Tidemark opened = Tidemark.open(store, schema, options)) {
      for (int i = 0; i < updates; i++) {
        int number = i;
        opened.commit(batch -> workload.write(batch, number));
      }
      opened.roll();
      opened.flush();
      run.note("%,d updates are written", updates);
      double limit = PhysicalLimit.readSeconds(store.resolve("log"));
      try (MemoryPeak memory = new MemoryPeak()) {
        long begin = System.nanoTime();
        CompactionReport report = opened.compact();
        double seconds = (System.nanoTime() - begin) / 1e9;
        row =
            new Row(
                Figure.format("%,d %s", updates, what),
                Figure.rate(updates / seconds).and(sizes(report, seconds)).and(memory.figure()),
                Figure.rate(updates / limit),
                limit / seconds);
        perSecond = updates / seconds;
      }
    }
    Run.delete(store);
    return new Folded(row, perSecond);
  }

  private static Figure sizes(CompactionReport report, double seconds) {
    double written = (double) report.bytesAfter() / report.bytesBefore();
    return new Figure(
        Figure.format(
            "%,.1f MiB to %,d deltas of %,.1f MiB in %,.1f s, %.4f bytes a byte",
            report.bytesBefore() / 1048576.0,
            report.records(),
            report.bytesAfter() / 1048576.0,
            seconds,
            written),
        Map.of(
            "bytes_before", (double) report.bytesBefore(),
            "bytes_after", (double) report.bytesAfter(),
            "records", (double) report.records(),
            "seconds", seconds,
            "rewritten_per_byte", written));
  }
}
