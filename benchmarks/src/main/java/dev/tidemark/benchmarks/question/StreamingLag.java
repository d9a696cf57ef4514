package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.baseline.RawStream;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * Question: how far behind is a peer while updates come at a steady rate?
 *
 * <p>Workload: 50,000 increments a second at 100,000 counters in turn, for 15 seconds after 5 that
 * do not count. Each is due at its time, whatever became of the one before, and its lag is the time
 * from then until the other store shows it, and until it is known here that it survives a power
 * loss there; looked at every 100 microseconds. Both ends are in one process.
 *
 * <p>Baseline: 40 bytes an update at the same rate over one gRPC stream into a file, until they are
 * known to be forced; a message has all that are due when there is room for it. The ratio is of the
 * p99s until then: below 1 the store is faster.
 */
public final class StreamingLag implements Benchmark {
  private static final String PREFIX = "count/";
  private static final Schema SCHEMA = Schema.of(PREFIX, Strategy.PN_COUNTER);
  private static final int PER_SECOND = 50_000;
  private static final long NANOS_BETWEEN = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
  private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final int RAW_BYTES = 40;
  private static final int MOST_IN_MESSAGE = (256 << 10) / RAW_BYTES;
  private static final int DIGITS = 3;
  private static final double NANOS_PER_MILLI = 1e6;

  @Override
  public String name() {
    return "lag";
  }

  @Override
  public String question() {
    return "how far behind is a peer at 50,000 updates a second?";
  }

  @Override
  public String unfairness() {
    return "to the store: the baseline makes nothing and looks at nothing, and sends what is not on"
        + " its own disk";
  }

  @Override
  public void run(Run run) throws Exception {
    int calls = run.size(20 * PER_SECOND, 5 * PER_SECOND, 1_000);
    int keys = run.size(100_000, 10_000, 100);
    Paced raw;
    try (RawStream stream = new RawStream(run.directory("raw"))) {
      raw = new Paced(calls, () -> stream.forced() / RAW_BYTES, () -> stream.forced() / RAW_BYTES);
      AtomicLong made = new AtomicLong();
      Thread sender = new Thread(() -> send(stream, made, calls), "lag-raw-sender");
      sender.start();
      raw.run(i -> made.incrementAndGet());
      sender.join();
    }
    try (Mesh mesh = new Mesh(run, "lag", SCHEMA, 2)) {
      Tidemark from = mesh.store(0);
      Tidemark to = mesh.store(1);
      long origin = from.replicaId();
      long before = from.vector().get(origin);
      Paced own =
          new Paced(calls, () -> to.vector().get(origin) - before, () -> mesh.durable(0) - before);
      own.run(i -> from.pnCounter(PREFIX + i % keys).increment(1));
      run.row(Row.of(Figure.format("%,d/s until shown", PER_SECOND), figure(own.shown)));
      run.row(
          new Row(
              Figure.format("%,d/s until known to survive", PER_SECOND),
              figure(own.survives),
              figure(raw.survives),
              (double) own.survives.getValueAtPercentile(99)
                  / raw.survives.getValueAtPercentile(99)));
    }
    Run.delete(run.directory("raw"));
  }

  private static void send(RawStream stream, AtomicLong made, int calls) {
    for (long sent = 0; sent < calls; ) {
      long many = Math.min(MOST_IN_MESSAGE, made.get() - sent);
      if (many == 0) {
        LockSupport.parkNanos(LOOK_NANOS / 4);
      } else {
        stream.send(new byte[(int) many * RAW_BYTES]);
        sent += many;
      }
    }
  }

  private static Figure figure(Histogram lag) {
    double p50 = lag.getValueAtPercentile(50) / NANOS_PER_MILLI;
    double p99 = lag.getValueAtPercentile(99) / NANOS_PER_MILLI;
    double max = lag.getMaxValue() / NANOS_PER_MILLI;
    return new Figure(
        Figure.format("%.2f ms, p99 %.2f, max %.1f", p50, p99, max),
        Map.of("median_ms", p50, "p99_ms", p99, "max_ms", max));
  }

  /** Calls that are each due at its time, and how long after that they had their effects. */
  private static final class Paced {
    private final Histogram shown = new Histogram(DIGITS);
    private final Histogram survives = new Histogram(DIGITS);
    private final int calls;
    private final LongSupplier shownYet;
    private final LongSupplier survivingYet;
    private long begin;

    Paced(int calls, LongSupplier shownYet, LongSupplier survivingYet) {
      this.calls = calls;
      this.shownYet = shownYet;
      this.survivingYet = survivingYet;
    }

    interface Call {
      void run(int number);
    }

    void run(Call call) throws InterruptedException {
      begin = System.nanoTime();
      Thread watcher = new Thread(this::watch, "lag-watcher");
      watcher.start();
      for (int i = 0; i < calls; i++) {
        while (System.nanoTime() - due(i) < 0) {
          LockSupport.parkNanos(LOOK_NANOS);
        }
        call.run(i);
      }
      watcher.join();
    }

    private long due(long number) {
      return begin + number * NANOS_BETWEEN;
    }

    private void watch() {
      long seen = 0;
      long safe = 0;
      while (safe < calls) {
        seen = note(shown, seen, shownYet.getAsLong());
        safe = note(survives, safe, survivingYet.getAsLong());
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }

    private long note(Histogram lag, long from, long to) {
      long now = System.nanoTime();
      for (long number = Math.max(from, calls / 4); number < to; number++) {
        lag.recordValue(Math.max(0, now - due(number)));
      }
      return to;
    }
  }
}
