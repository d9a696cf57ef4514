package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.snapshot.Restore;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotCheck;
import dev.tidemark.storage.snapshot.SnapshotCopy;
import dev.tidemark.storage.snapshot.SnapshotFile;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Question: how long does a snapshot take, and what is done with it?
 *
 * <p>Workload: a store of 5,000,000 keys with 100-byte values. It is snapshotted; the snapshot is
 * checked, copied byte by byte, and restored into a new directory; then the log is cut below
 * another one. The page cache has most of it.
 *
 * <p>Baseline: reading the snapshot's files once, from beginning to end. The ratio is of times.
 */
public final class SnapshotTime implements Benchmark {
  private static final int COMMIT = 1_000;
  private static final int BUFFER_BYTES = 1 << 18;

  @Override
  public String name() {
    return "snapshot";
  }

  @Override
  public String question() {
    return "how long do a snapshot, its check, a copy, a restore and a truncation take?";
  }

  @Override
  public void run(Run run) throws Exception {
    int keys = run.size(5_000_000, 500_000, 1_000);
    Path directory = run.directory("store");
    Schema schema = Schema.of("key:", Strategy.LWW_REGISTER);
    Options options = Options.defaults().withRetention(Retention.byCommandOnly());
    try (Tidemark store = Tidemark.open(directory, schema, options)) {
      fill(store, keys);
      Timed<Snapshot> snapshot = timed(store::snapshot);
      Snapshot taken = snapshot.result();
      double read = timed(() -> read(taken)).seconds();
      run.note("%,d keys in %,d bytes", keys, taken.manifest().bytes());
      row(run, "snapshot", snapshot.seconds(), read);
      row(
          run,
          "check",
          timed(() -> SnapshotCheck.requireGood(taken.directory(), () -> {})).seconds(),
          read);
      SnapshotCopy copier = new SnapshotCopy(taken, DurableFiles.standard(), () -> {});
      row(
          run,
          "copy, forced and checked",
          timed(() -> copier.into(run.directory("backup"))).seconds(),
          read);
      row(
          run,
          "restore",
          timed(() -> Restore.run(taken.directory(), run.directory("restored"), false)).seconds(),
          read);
      store.lwwRegister("key:0", Codec.bytes()).set(Names.value(2));
      row(run, "truncate, with another snapshot", timed(store::truncate).seconds(), read);
    }
  }

  private static void fill(Tidemark store, int keys) {
    byte[] value = Names.value(1);
    for (int from = 0; from < keys; from += COMMIT) {
      int first = from;
      int end = Math.min(keys, from + COMMIT);
      store.commit(
          batch -> {
            for (int key = first; key < end; key++) {
              batch.lwwRegister("key:" + key, Codec.bytes()).set(value);
            }
          });
    }
    store.flush();
  }

  private static long read(Snapshot snapshot) throws Exception {
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    for (SnapshotFile file : snapshot.manifest().files()) {
      try (InputStream in = Files.newInputStream(snapshot.files().data().resolve(file.name()))) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          bytes += n;
        }
      }
    }
    return bytes;
  }

  private static void row(Run run, String what, double seconds, double baseline) {
    run.row(new Row(what, time(seconds), time(baseline), seconds / baseline));
  }

  private static Figure time(double seconds) {
    return new Figure(Figure.format("%,.0f ms", seconds * 1e3), Map.of("seconds", seconds));
  }

  private interface Work<T> {
    T run() throws Exception;
  }

  private record Timed<T>(T result, double seconds) {}

  private static <T> Timed<T> timed(Work<T> work) throws Exception {
    long begin = System.nanoTime();
    T result = work.run();
    return new Timed<>(result, (System.nanoTime() - begin) / 1e9);
  }
}
