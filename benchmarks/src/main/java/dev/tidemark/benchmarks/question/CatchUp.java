package dev.tidemark.benchmarks.question;

import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.benchmarks.harness.Stopwatch;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.replication.ReplicationOptions;
import dev.tidemark.replication.Replicator;
import dev.tidemark.replication.session.SessionStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Question: how fast does an empty store catch up with another over loopback?
 *
 * <p>Workload: one store counts in 10,000,000 commits of one update each, at 100,000 counters in
 * turn; then another dials it, until it has acknowledged that all of it survives a power loss: from
 * the log as it was written, from the log folded, and from the state when the log is cut.
 *
 * <p>Baseline of the first row: the same log by one {@code Exchange.pull} within the process, until
 * synced; of the others: the first row. The ratios are of rates. The bytes are those of the frames,
 * beside those of the log as it was written.
 */
public final class CatchUp implements Benchmark {
  private static final String PREFIX = "count/";
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  @Override
  public String name() {
    return "catch-up";
  }

  @Override
  public String question() {
    return "how fast does an empty store catch up over loopback?";
  }

  @Override
  public String unfairness() {
    return "to the network: an exchange in process compresses nothing and has one thread";
  }

  @Override
  public boolean isLong() {
    return true;
  }

  @Override
  public void run(Run run) throws Exception {
    int updates = run.size(10_000_000, 1_000_000, 2_000);
    Schema schema = Schema.of(PREFIX, Strategy.PN_COUNTER);
    try (Tidemark from =
        Tidemark.open(run.directory("from"), schema, Settings.storeWithWholeLog())) {
      fill(from, updates, run.size(100_000, 10_000, 100));
      long logBytes = from.status().logBytes();
      double inProcess = exchange(run, from, schema, updates);
      double commits = row(run, "commits", from, schema, updates, logBytes, inProcess);
      from.compact();
      row(run, "folded", from, schema, updates, logBytes, commits);
      from.truncate();
      row(run, "state", from, schema, updates, logBytes, commits);
    }
  }

  private static void fill(Tidemark store, int updates, int keys) {
    for (int i = 0; i < updates; i++) {
      store.pnCounter(PREFIX + i % keys).increment(1);
    }
    store.flush();
  }

  private static double exchange(Run run, Tidemark from, Schema schema, int updates)
      throws Exception {
    try (Tidemark to = Tidemark.open(run.directory("exchange"), schema, Settings.store())) {
      Stopwatch watch = new Stopwatch();
      try (Exchange exchange = new Exchange(from, to)) {
        exchange.pull();
      }
      to.sync();
      return watch.rate(updates);
    } finally {
      Run.delete(run.directory("exchange"));
    }
  }

  private static double row(
      Run run,
      String what,
      Tidemark from,
      Schema schema,
      int updates,
      long logBytes,
      double baseline)
      throws Exception {
    try (Tidemark to = Tidemark.open(run.directory(what), schema, Settings.store());
        Replicator listening = Replicator.start(from, options("from").withListen(loopback(0)))) {
      Stopwatch watch = new Stopwatch();
      double rate;
      long bytes;
      try (Replicator dialling =
          Replicator.start(to, options("to").withPeers(List.of(loopback(listening.port()))))) {
        bytes = awaitDurable(listening, from);
        rate = watch.rate(updates);
      }
      run.row(
          new Row(
              Figure.format("%,d operations behind, by %s", updates, what),
              Figure.rate(rate).and(Figure.bytes(bytes)).and(share((double) bytes / logBytes)),
              Figure.rate(baseline),
              rate / baseline));
      return rate;
    } finally {
      Run.delete(run.directory(what));
    }
  }

  private static Figure share(double ofLog) {
    return new Figure(Figure.format("%.1f %% of the log", 100 * ofLog), Map.of("of_log", ofLog));
  }

  /** Gives how many bytes were sent for it. */
  private static long awaitDurable(Replicator listening, Tidemark from) {
    while (true) {
      for (SessionStatus session : listening.status().sessions()) {
        if (session.durable().dominates(from.vector())) {
          return session.sentBytes();
        }
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private static ReplicationOptions options(String name) {
    return ReplicationOptions.of("bench", name).withPlainText();
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
