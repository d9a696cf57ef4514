package dev.tidemark.benchmarks.question;

import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.lang.management.ManagementFactory;
import java.util.Map;

/**
 * Question: what does it cost to look whether an update that arrives takes a value from another?
 *
 * <p>Workload: one store sets registers under 50,000 keys in 1,000,000 commits of one update each;
 * another takes them in by one {@code Exchange.pull} in the same process, after it has set other
 * keys itself that the first has not seen, or the same keys, so that each commit is a conflict and
 * is journalled.
 *
 * <p>Baseline: the same where it has set nothing, so that nothing is looked at. CPU is that of the
 * calling thread for a commit; the ratio is of CPU, measured to baseline: above 1 is dearer.
 */
public final class ConflictLook implements Benchmark {
  private static final String PREFIX = "value/";

  /** What the taking store has set before. */
  private enum Own {
    NOTHING("nothing"),
    OTHER_KEYS("other keys"),
    SAME_KEYS("the same keys");

    private final String words;

    Own(String words) {
      this.words = words;
    }
  }

  @Override
  public String name() {
    return "conflicts";
  }

  @Override
  public String question() {
    return "what does it cost to look for conflicts?";
  }

  @Override
  public String unfairness() {
    return "to neither: both sides are the store";
  }

  @Override
  public void run(Run run) throws Exception {
    int updates = run.size(1_000_000, 200_000, 1_000);
    int keys = run.size(50_000, 20_000, 100);
    Schema schema = Schema.of(PREFIX, Strategy.LWW_REGISTER);
    try (Tidemark from =
        Tidemark.open(run.directory("from"), schema, Settings.storeWithWholeLog())) {
      set(from, updates, keys, "");
      from.sync();
      // What is measured once everything is compiled lasts.
      cpuNanos(run, from, schema, keys, Own.NOTHING);
      double least = cpuNanos(run, from, schema, keys, Own.NOTHING) / updates;
      for (Own own : new Own[] {Own.OTHER_KEYS, Own.SAME_KEYS}) {
        double nanos = cpuNanos(run, from, schema, keys, own) / updates;
        run.row(
            new Row(
                Figure.format("%,d commits into a store that has set %s", updates, own.words),
                cpu(nanos),
                cpu(least),
                nanos / least));
      }
    }
  }

  private static double cpuNanos(Run run, Tidemark from, Schema schema, int keys, Own own)
      throws Exception {
    try (Tidemark to = Tidemark.open(run.directory("to"), schema, Settings.store());
        Exchange exchange = new Exchange(from, to)) {
      if (own != Own.NOTHING) {
        set(to, keys, keys, own == Own.SAME_KEYS ? "" : "other");
      }
      long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      exchange.pull();
      return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    } finally {
      Run.delete(run.directory("to"));
    }
  }

  private static void set(Tidemark store, int updates, int keys, String infix) {
    byte[] value = new byte[40];
    for (int i = 0; i < updates; i++) {
      store.lwwRegister(PREFIX + infix + i % keys, Codec.bytes()).set(value);
    }
  }

  private static Figure cpu(double nanos) {
    return new Figure(Figure.format("cpu %.0f ns", nanos), Map.of("cpu_ns", nanos));
  }
}
