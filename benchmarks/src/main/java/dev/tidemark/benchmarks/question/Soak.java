package dev.tidemark.benchmarks.question;

import dev.tidemark.Exchange;
import dev.tidemark.Scan;
import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Memory;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.storage.inspect.VerifyReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Question: do disk and memory stay flat while a store is written to for ever?
 *
 * <p>Workload: two stores, one of which makes nine tenths of 50,000,000 updates of all strategies
 * over some 20,000 keys, 16 to a commit, some 1,400 of them values of 100 KB; they exchange every
 * 100,000. They are a cluster, so that tombstones are forgotten. The log is compacted, snapshots
 * are taken, the log is truncated and chunks are swept in the background, by budgets that are a
 * fraction of the defaults. At every hundredth of the way both stores are verified: the live state
 * against the join of the newest snapshot and the compacted log; and the two against each other,
 * key by key.
 *
 * <p>No baseline: the rows are the curve. Any difference ends the run.
 */
public final class Soak implements Benchmark {
  private static final int PER_COMMIT = 16;
  private static final int PER_EXCHANGE = 100_000;
  private static final int OF_THE_OTHER = 10;

  @Override
  public String name() {
    return "soak";
  }

  @Override
  public String question() {
    return "do disk and memory stay flat for ever?";
  }

  @Override
  public boolean isLong() {
    return true;
  }

  @Override
  public List<String> jvmOptions() {
    // All of the heap is resident from the start: what grows later is not the collector's.
    return List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch");
  }

  @Override
  public void run(Run run) throws Exception {
    int total = run.size(50_000_000, 5_000_000, 20_000);
    int step = total / run.size(50, 10, 2);
    Path first = run.directory("first");
    Path second = run.directory("second");
    Churn churn = new Churn(1);
    try (Tidemark one = Tidemark.open(first, Churn.SCHEMA, options());
        Tidemark other = Tidemark.open(second, Churn.SCHEMA, options());
        Exchange there = new Exchange(one, other);
        Exchange back = new Exchange(other, one)) {
      one.members().found();
      one.members().admit(other.replicaId());
      there.pull();
      for (int made = 0; made < total; ) {
        long begin = System.nanoTime();
        int until = made + step;
        int commits = 0;
        while (made < until) {
          int stop = Math.min(until, made + PER_EXCHANGE);
          for (; made < stop; made += PER_COMMIT) {
            Tidemark writer = commits++ % OF_THE_OTHER == 0 ? other : one;
            writer.commit(batch -> churn.write(batch, PER_COMMIT));
          }
          there.pull();
          back.pull();
        }
        there.pull();
        double seconds = (System.nanoTime() - begin) / 1e9;
        one.flush();
        other.flush();
        verify(first, run.directory("scratch"));
        verify(second, run.directory("scratch"));
        int keys = compare(one, other);
        run.row(
            Row.of(
                Figure.format("after %,d updates; %,d keys equal", made, keys),
                Figure.rate(step / seconds).and(sizes(first)).and(memory()).and(waiting(one))));
      }
    }
  }

  private static Options options() {
    return Options.defaults()
        .withSegmentBytes(16L << 20)
        .withRetention(
            Retention.defaults().withSnapshotBytes(64L << 20).withRetainBytes(128L << 20));
  }

  private static void verify(Path store, Path scratch) throws IOException {
    List<Finding> findings = new ArrayList<>();
    VerifyReport report = Verification.run(store, scratch, findings::add);
    if (!findings.isEmpty()) {
      // The store is open: what it dropped and swept in between is not missing the second time.
      findings.clear();
      report = Verification.run(store, scratch, findings::add);
    }
    if (!findings.isEmpty() || report.notCompared() != null) {
      throw new IllegalStateException(
          "store does not verify: " + report.notCompared() + " " + findings);
    }
  }

  private static int compare(Tidemark one, Tidemark other) {
    int keys = 0;
    try (Scan left = one.scan("");
        Scan right = other.scan("")) {
      while (true) {
        var l = left.next();
        var r = right.next();
        if (l == null ? r != null : !l.equals(r)) {
          throw new IllegalStateException("stores differ: " + l + " and " + r);
        }
        if (l == null) {
          return keys;
        }
        keys++;
      }
    }
  }

  private static Figure sizes(Path store) throws IOException {
    Figure sizes = Figure.NONE;
    for (String part : List.of("log", "state", "snapshots", "blobs")) {
      long bytes = bytes(store.resolve(part));
      Figure figure =
          new Figure(
              part + " " + Figure.bytes(bytes).text(), Map.of(part + "_bytes", (double) bytes));
      sizes = sizes == Figure.NONE ? figure : sizes.and(figure);
    }
    return sizes;
  }

  /** What files hold, links counted each: a snapshot's are mostly the state's. */
  private static long bytes(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return 0;
    }
    try (Stream<Path> walk = Files.walk(directory)) {
      long bytes = 0;
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }

  /** What may not be forgotten yet, since the other is not known to have seen it. */
  private static Figure waiting(Tidemark store) {
    long operations = store.members().report().waiting();
    return new Figure(
        Figure.format("waiting %,d", operations),
        Map.of("waiting_operations", (double) operations));
  }

  private static Figure memory() {
    long heap = Memory.heapAfterCollection();
    long resident = Memory.anonymous();
    return new Figure("heap " + Figure.bytes(heap).text(), Map.of("heap_bytes", (double) heap))
        .and(
            new Figure(
                "resident " + Figure.bytes(resident).text(),
                Map.of("resident_bytes", (double) resident)));
  }
}
