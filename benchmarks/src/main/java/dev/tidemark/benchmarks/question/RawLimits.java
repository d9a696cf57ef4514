package dev.tidemark.benchmarks.question;

import dev.tidemark.benchmarks.baseline.RawChronicle;
import dev.tidemark.benchmarks.baseline.RocksBaseline;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Stopwatch;
import java.util.function.LongUnaryOperator;
import net.openhft.chronicle.bytes.Bytes;

/**
 * Question: how fast are the libraries by themselves, on which the store is built?
 *
 * <p>Workload: 5,000,000 appends of 100 bytes to a Chronicle Queue, then forced, and read once;
 * 1,000,000 puts of 100 bytes under 1,000,000 keys at random into RocksDB with its write-ahead log,
 * without, and in batches of 1,000 with it; each until flushed. No store takes part.
 */
public final class RawLimits implements Benchmark {
  private static final int BATCH = 1_000;

  @Override
  public String name() {
    return "raw";
  }

  @Override
  public String question() {
    return "how fast are Chronicle Queue and RocksDB by themselves?";
  }

  @Override
  public void run(Run run) throws Exception {
    chronicle(run, run.size(5_000_000, 500_000, 1_000));
    int puts = run.size(1_000_000, 100_000, 1_000);
    LongUnaryOperator choice = Keys.uniform(puts);
    rocks(
        run,
        "RocksDB put with its log",
        puts,
        db -> {
          for (int i = 0; i < puts; i++) {
            db.put(Keys.bytes(choice.applyAsLong(i)), Keys.value(i));
          }
        });
    rocks(
        run,
        "RocksDB put without its log",
        puts,
        db -> {
          for (int i = 0; i < puts; i++) {
            db.putWithoutLog(Keys.bytes(choice.applyAsLong(i)), Keys.value(i));
          }
        });
    rocks(
        run,
        "RocksDB batches of 1,000 with its log",
        puts,
        db -> {
          for (int from = 0; from < puts; from += BATCH) {
            byte[][] keys = new byte[BATCH][];
            for (int i = 0; i < BATCH; i++) {
              keys[i] = Keys.bytes(choice.applyAsLong(i));
            }
            db.putBatch(keys, Keys.value(from));
          }
        });
  }

  private static void chronicle(Run run, int entries) throws Exception {
    try (RawChronicle raw = new RawChronicle(run.directory("raw"))) {
      Stopwatch watch = new Stopwatch();
      for (int i = 0; i < entries; i++) {
        raw.append(Bytes.wrapForRead(Keys.value(i)));
      }
      raw.force();
      run.row(Row.of("Chronicle append, then one force", Figure.rate(watch.rate(entries))));
      watch = new Stopwatch();
      long read = raw.read();
      run.row(Row.of("Chronicle read", Figure.rate(watch.rate(read))));
    }
  }

  private static void rocks(Run run, String question, int puts, Workload workload)
      throws Exception {
    try (RocksBaseline rocks = new RocksBaseline(run.directory("rocks"))) {
      Stopwatch watch = new Stopwatch();
      workload.put(rocks);
      rocks.flush();
      run.row(Row.of(question, Figure.rate(watch.rate(puts))));
    }
    Run.delete(run.directory("rocks"));
  }

  private interface Workload {
    void put(RocksBaseline rocks);
  }
}
