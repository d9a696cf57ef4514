package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.baseline.RawStream;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.benchmarks.harness.Stopwatch;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Question: how fast do updates stream between stores over loopback?
 *
 * <p>Workload: 6,000,000 increments of 100,000 counters in turn, made by one store, or a third by
 * each of three, as fast as they can, in commits of one and of 100 updates; until each store has
 * been told by every other that all of it survives a power loss there. All ends are in one process.
 *
 * <p>Baseline: as many bytes as the makers' logs take, in messages of 256 KiB over one gRPC stream
 * into a file, forced. The ratio is of rates. CPU is that of the whole process, makers included:
 * the last rows say what making alone takes, by one store and until synced.
 */
public final class Streaming implements Benchmark {
  private static final String PREFIX = "count/";
  private static final Schema SCHEMA = Schema.of(PREFIX, Strategy.PN_COUNTER);
  private static final int[] IN_COMMIT = {1, 100};
  private static final int MESSAGE_BYTES = 256 << 10;
  private static final double NANOS_PER_MICRO = 1_000;

  private final String name;
  private final int stores;
  private final int makers;

  private Streaming(String name, int stores, int makers) {
    this.name = name;
    this.stores = stores;
    this.makers = makers;
  }

  /** One makes, one takes. */
  public static Benchmark oneWay() {
    return new Streaming("streaming", 2, 1);
  }

  /** Three make and take. */
  public static Benchmark threeWay() {
    return new Streaming("streaming-3way", 3, 3);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String question() {
    return makers == 1
        ? "how fast do one store's updates stream to another over loopback?"
        : "how fast do the updates of %d stores stream among them over loopback?".formatted(stores);
  }

  @Override
  public String unfairness() {
    return "to the stores: the baseline makes nothing, looks at nothing and can be asked nothing; to"
        + " the baseline: it compresses nothing";
  }

  @Override
  public void run(Run run) throws Exception {
    int updates = run.size(6_000_000, 600_000, 6_000);
    int keys = run.size(100_000, 10_000, 100);
    for (int inCommit : IN_COMMIT) {
      // What is measured once everything is compiled lasts.
      stream(run, Math.max(updates / 10, makers * inCommit), keys, inCommit, false);
      stream(run, updates, keys, inCommit, true);
    }
    for (int inCommit : IN_COMMIT) {
      alone(run, updates, keys, inCommit);
    }
  }

  private void alone(Run run, int updates, int keys, int inCommit) throws IOException {
    try (Tidemark store =
        Tidemark.open(run.directory("alone"), SCHEMA, Settings.storeWithWholeLog())) {
      long cpuBefore = cpuNanos();
      Stopwatch watch = new Stopwatch();
      make(store, updates, keys, inCommit);
      store.sync();
      double rate = watch.rate(updates);
      double cpuMicros = (cpuNanos() - cpuBefore) / NANOS_PER_MICRO / updates;
      run.row(
          Row.of(
              Figure.format("%,d increments, %d in a commit, without a peer", updates, inCommit),
              Figure.rate(rate).and(cpu(cpuMicros))));
    } finally {
      Run.delete(run.directory("alone"));
    }
  }

  private void stream(Run run, int updates, int keys, int inCommit, boolean counts)
      throws Exception {
    double rate;
    double cpuMicros;
    long wire;
    long logBytes = 0;
    try (Mesh mesh = new Mesh(run, name, SCHEMA, stores)) {
      long cpuBefore = cpuNanos();
      Stopwatch watch = new Stopwatch();
      make(mesh, updates / makers, keys, inCommit);
      mesh.awaitDurable();
      rate = watch.rate(updates);
      cpuMicros = (cpuNanos() - cpuBefore) / NANOS_PER_MICRO / updates;
      wire = mesh.sentBytes();
      // Each holds all by now.
      logBytes = mesh.store(0).status().logBytes();
    }
    if (counts) {
      double raw = raw(run, logBytes, updates);
      run.row(
          new Row(
              Figure.format("%,d increments, %d in a commit", updates, inCommit),
              Figure.rate(rate)
                  .and(cpu(cpuMicros))
                  .and(
                      new Figure(
                          Figure.format("%.1f bytes sent", (double) wire / updates),
                          Map.of("wire_bytes", (double) wire / updates))),
              Figure.rate(raw),
              rate / raw));
    }
  }

  private static Figure cpu(double micros) {
    return new Figure(Figure.format("cpu %.2f us", micros), Map.of("cpu_us", micros));
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private void make(Mesh mesh, int updates, int keys, int inCommit) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int maker = 0; maker < makers; maker++) {
      Tidemark store = mesh.store(maker);
      Thread thread = new Thread(() -> make(store, updates, keys, inCommit));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void make(Tidemark store, int updates, int keys, int inCommit) {
    for (int from = 0; from < updates; from += inCommit) {
      int first = from;
      if (inCommit == 1) {
        store.pnCounter(PREFIX + first % keys).increment(1);
      } else {
        int end = Math.min(updates, first + inCommit);
        store.commit(
            batch -> {
              for (int i = first; i < end; i++) {
                batch.pnCounter(PREFIX + i % keys).increment(1);
              }
            });
      }
    }
  }

  private static double raw(Run run, long bytes, int updates) throws Exception {
    try (RawStream stream = new RawStream(run.directory("raw"))) {
      stream.send(new byte[MESSAGE_BYTES]);
      stream.awaitForced();
      Stopwatch watch = new Stopwatch();
      for (long left = bytes; left > 0; left -= MESSAGE_BYTES) {
        stream.send(new byte[(int) Math.min(left, MESSAGE_BYTES)]);
      }
      stream.awaitForced();
      return watch.rate(updates);
    } finally {
      Run.delete(run.directory("raw"));
    }
  }
}
