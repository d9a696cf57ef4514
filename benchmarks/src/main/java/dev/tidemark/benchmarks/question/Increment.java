package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.baseline.RawChronicle;
import dev.tidemark.benchmarks.baseline.RocksBaseline;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.benchmarks.harness.Stopwatch;
import dev.tidemark.benchmarks.harness.Target;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import net.openhft.chronicle.bytes.Bytes;

/**
 * Question: what does it cost to count, by one thread, at hot counters and spread over many?
 *
 * <p>Workload: 10,000,000 increments of pn-counters, BUFFERED, under 1,000 keys at random; then
 * 2,000,000 at one key, and 2,000,000 over 1,000,000. Timed until all is folded, flushed and
 * forced.
 *
 * <p>Baseline: of the hot ones, as many appends to a Chronicle Queue of entries as long as those
 * that the store has written for them, then forced: no log could be faster. Of the others, RocksDB,
 * where each increment gets the number and puts the next one, with its write-ahead log. The ratio
 * is of rates.
 */
public final class Increment implements Benchmark {
  /** Enough to see how long an entry is. */
  private static final int LOGGED = 100_000;

  @Override
  public String name() {
    return "increment";
  }

  @Override
  public String question() {
    return "how fast does one thread count?";
  }

  @Override
  public String unfairness() {
    return "to the store: a raw append knows no key, no number and no checksum, and nothing can be"
        + " read back by key; RocksDB's number would be wrong with a second writer";
  }

  @Override
  public Set<Target> targets() {
    return EnumSet.of(Target.INCREMENT);
  }

  @Override
  public void run(Run run) throws Exception {
    int hot = run.size(10_000_000, 1_000_000, 1_000);
    int keys = Math.min(hot, 1_000);
    int logged = Math.min(hot, LOGGED);
    double length = own(run, logged, keys, Settings.storeWithWholeLog()).logBytes / (double) logged;
    double own = own(run, hot, keys, Settings.store()).rate;
    double raw = append(run, hot, (int) Math.max(Long.BYTES, length));
    run.row(
        new Row(
                Figure.format("%,d increments, 1,000 keys; raw append", hot),
                Figure.rate(own).and(ofLog(length)),
                Figure.rate(raw),
                own / raw)
            .reaching(Target.INCREMENT));
    int calls = run.size(2_000_000, 200_000, 1_000);
    beside(run, calls, 1);
    beside(run, calls, run.size(1_000_000, 100_000, 500));
  }

  private static void beside(Run run, int calls, int keys) throws Exception {
    double rocks = rocks(run, calls, keys);
    double own = own(run, calls, keys, Settings.store()).rate;
    run.row(
        new Row(
            Figure.format("%,d increments, %,d keys; RocksDB get and put", calls, keys),
            Figure.rate(own),
            Figure.rate(rocks),
            own / rocks));
  }

  private static Counted own(Run run, int calls, int keys, Options options) throws Exception {
    LongUnaryOperator choice = Keys.uniform(keys);
    Schema schema = Schema.of(Keys.prefix(), Strategy.PN_COUNTER);
    Counted counted;
    try (Tidemark store = Tidemark.open(run.directory("store"), schema, options)) {
      Stopwatch watch = new Stopwatch();
      for (int i = 0; i < calls; i++) {
        store.pnCounter(Keys.string(choice.applyAsLong(i))).increment();
      }
      store.flush();
      counted = new Counted(watch.rate(calls), store.status().logBytes());
    }
    Run.delete(run.directory("store"));
    return counted;
  }

  private static double append(Run run, int calls, int length) throws Exception {
    double rate;
    try (RawChronicle raw = new RawChronicle(run.directory("raw"))) {
      Bytes<byte[]> entry = Bytes.wrapForRead(new byte[length]);
      Stopwatch watch = new Stopwatch();
      for (int i = 0; i < calls; i++) {
        entry.readPositionRemaining(0, length);
        raw.append(entry);
      }
      raw.force();
      rate = watch.rate(calls);
    }
    Run.delete(run.directory("raw"));
    return rate;
  }

  private static double rocks(Run run, int calls, int keys) throws Exception {
    LongUnaryOperator choice = Keys.uniform(keys);
    double rate;
    try (RocksBaseline rocks = new RocksBaseline(run.directory("rocks"))) {
      Stopwatch watch = new Stopwatch();
      for (int i = 0; i < calls; i++) {
        byte[] key = Keys.bytes(choice.applyAsLong(i));
        byte[] before = rocks.get(key);
        long number = before == null ? 0 : ByteBuffer.wrap(before).getLong();
        rocks.put(key, ByteBuffer.allocate(Long.BYTES).putLong(number + 1).array());
      }
      rocks.flush();
      rate = watch.rate(calls);
    }
    Run.delete(run.directory("rocks"));
    return rate;
  }

  private static Figure ofLog(double bytes) {
    return new Figure(
        Figure.format("%.0f bytes of log each", bytes), Map.of("log_bytes_per_operation", bytes));
  }

  private record Counted(double rate, long logBytes) {}
}
