package dev.tidemark.benchmarks.question;

import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.codec.Codec;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/**
 * Question: how fast are reads and writes together, by one thread and by two?
 *
 * <p>Workload: 1,000,000 lww-registers of 100 bytes, folded; 1,000,000 calls at random keys, 90 of
 * 100 and then 50 of 100 of them gets, the others sets, BUFFERED.
 *
 * <p>Baseline: the same calls of RocksDB with its write-ahead log. The ratio is of rates.
 */
public final class Mixed implements Benchmark {
  @Override
  public String name() {
    return "mixed";
  }

  @Override
  public String question() {
    return "how fast are reads and writes together, by 1 and 2 threads?";
  }

  @Override
  public String unfairness() {
    return "to both alike: two callers and all that works in the background share two processors";
  }

  @Override
  public void run(Run run) throws Exception {
    int keys = run.size(1_000_000, 50_000, 500);
    int calls = run.size(1_000_000, 100_000, 500);
    int[] order = new int[calls];
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < calls; i++) {
      order[i] = random.nextInt(keys);
    }
    try (Loaded loaded = new Loaded(run, keys)) {
      for (int reads : List.of(90, 50)) {
        for (int threads : List.of(1, 2)) {
          Latency rocks =
              share(threads, calls, i -> rocks(loaded, order[i], i, i * 37L % 100 < reads));
          Latency own = share(threads, calls, i -> own(loaded, order[i], i, i * 37L % 100 < reads));
          run.row(
              new Row(
                  Figure.format("%d %% reads, %d threads", reads, threads),
                  own.rateFigure(),
                  rocks.rateFigure(),
                  own.perSecond() / rocks.perSecond()));
        }
      }
    }
  }

  private static Latency share(int threads, int calls, IntConsumer call) throws Exception {
    Callers.share(threads, calls / 5, call);
    return Callers.share(threads, calls, call);
  }

  private static void own(Loaded loaded, int key, int call, boolean read) {
    var register = loaded.store.lwwRegister(Keys.string(key), Codec.bytes());
    if (!read) {
      register.set(Keys.value(call));
    } else if (register.get().isEmpty()) {
      throw new IllegalStateException("the store lacks a key that was set");
    }
  }

  private static void rocks(Loaded loaded, int key, int call, boolean read) {
    if (!read) {
      loaded.rocks.put(Keys.bytes(key), Keys.value(call));
    } else if (loaded.rocks.get(Keys.bytes(key)) == null) {
      throw new IllegalStateException("RocksDB lacks a key that was put");
    }
  }
}
