package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.benchmarks.peer.BlobSet;
import dev.tidemark.benchmarks.peer.BlobStore;
import dev.tidemark.benchmarks.peer.BlobStores;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Question: what does one more element cost where the whole set is one serialised value?
 *
 * <p>Workload: or-sets of 100 and 10,000 elements of 12 bytes, adds of new elements by one thread,
 * BUFFERED.
 *
 * <p>Baseline: the naive design, elements and dots of a set as one value, in RocksDB, H2's MVStore,
 * Xodus and SQLite, a transaction an add, not forced. The ratio is of medians, naive to store.
 */
public final class NaiveSet implements Benchmark {
  @Override
  public String name() {
    return "naive-set";
  }

  @Override
  public String question() {
    return "what does an add cost where the whole set is one value?";
  }

  @Override
  public String unfairness() {
    return "to the naive design: it could keep the decoded set in memory, which needs a cache that is"
        + " right; to the store: the naive set has no replication, and its serialiser could not be"
        + " leaner";
  }

  @Override
  public void run(Run run) throws Exception {
    for (int size : List.of(100, run.size(10_000, 10_000, 200))) {
      Latency own = own(run, size, run.size(20_000, 5_000, 5));
      for (BlobStores.Kind kind : BlobStores.all()) {
        Latency naive = naive(run, kind, size, Math.max(5, run.size(500_000, 100_000, 500) / size));
        run.row(
            new Row(
                Figure.format("add at %,d; one value in %s", size, kind.name()),
                own.figure(),
                naive.figure(),
                naive.medianMicros() / own.medianMicros()));
      }
    }
  }

  private static Latency own(Run run, int size, int adds) throws Exception {
    Latency latency = new Latency();
    Schema schema = Schema.of("set:", Strategy.OR_SET);
    try (Tidemark store = Tidemark.open(run.directory("store"), schema, Settings.store())) {
      store.commit(
          batch -> {
            for (int i = 0; i < size; i++) {
              batch.orSet("set:one", Codec.utf8()).add(element(i));
            }
          });
      store.flush();
      latency.time(adds, i -> store.orSet("set:one", Codec.utf8()).add(element(size + i)));
    }
    Run.delete(run.directory("store"));
    return latency;
  }

  private static Latency naive(Run run, BlobStores.Kind kind, int size, int adds) throws Exception {
    Latency latency = new Latency();
    try (BlobStore store = kind.open(run.directory("naive"))) {
      BlobSet set = new BlobSet(store, "set:one");
      set.addAll(IntStream.range(0, size).mapToObj(NaiveSet::element).toList());
      latency.time(adds, i -> set.addAll(List.of(element(size + i))));
    }
    Run.delete(run.directory("naive"));
    return latency;
  }

  private static String element(int number) {
    return "elem" + (10_000_000 + number);
  }
}
