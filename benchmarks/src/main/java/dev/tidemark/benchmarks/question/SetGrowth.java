package dev.tidemark.benchmarks.question;

import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Memory;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Question: does one more {@code add}, or one {@code contains}, cost more the more elements there
 * are under the key? Asked of or-set and g-set, and of lww-map with {@code put} and {@code get}.
 *
 * <p>Workload: a store for each size, with default options and BUFFERED; under one key 10^2 to 10^6
 * elements of 12 bytes, put there in random order, then folded and flushed. Then rounds: in each
 * round every store in turn gets 200 looks at random elements that are in, 200 at ones that are not
 * ("in vain"), and 100 adds of new elements, each call timed, and is flushed untimed. The rounds go
 * round the sizes so that whatever else the machine does meets all sizes alike; the first rounds
 * warm up and do not count. Where the adds of all rounds would more than double the set, each round
 * has a fresh key of the right size in the same store.
 *
 * <p>Baseline: of or-set looks, {@code get} of a RocksDB that holds the same elements, in the same
 * rounds. The last row of a call has the greatest median of the sizes, the least as its baseline,
 * and their ratio. Wanted: at most 1.5.
 *
 * <p>The stores above differ in two things, how large the set is and how large the store is. The
 * rows "in equal stores" differ in the first alone: each store holds 10^6 elements, in sets of the
 * size, and each call goes to one of them at random.
 */
public final class SetGrowth implements Benchmark {
  @Override
  public String name() {
    return "set-growth";
  }

  @Override
  public String question() {
    return "what do add and contains cost from 100 to 1,000,000 elements?";
  }

  @Override
  public void run(Run run) throws Exception {
    int largest = run.size(1_000_000, 100_000, 1_000);
    int rounds = run.size(60, 30, 2);
    for (GrowingKind kind : GrowingKind.values()) {
      grow(run, kind, largest, rounds, 0);
    }
    grow(run, GrowingKind.OR_SET, largest, rounds, largest);
  }

  private static void grow(Run run, GrowingKind kind, int largest, int rounds, int inEach)
      throws Exception {
    int warmUp = rounds / 4;
    String name = kind.strategy() + (inEach == 0 ? "" : " in equal stores,");
    boolean compared = kind == GrowingKind.OR_SET && inEach == 0;
    List<SizedStore> stores = new ArrayList<>();
    try {
      for (int size = 100; size <= largest; size *= 10) {
        stores.add(new SizedStore(run, kind, size, rounds + warmUp, inEach, compared));
        run.note("%s %,d elements are in", name, size);
      }
      for (int round = 0; round < rounds + warmUp; round++) {
        for (SizedStore store : stores) {
          store.round(round, round >= warmUp);
        }
      }
      report(run, name + " " + kind.write(), stores, store -> store.adds, null);
      report(
          run, name + " " + kind.read(), stores, s -> s.hits, compared ? s -> s.rocksHits : null);
      report(
          run,
          name + " " + kind.read() + " in vain",
          stores,
          store -> store.misses,
          compared ? store -> store.rocksMisses : null);
      long heap = Memory.heapAfterCollection();
      run.row(Row.of(name + " heap after collection, all open", Figure.bytes(heap)));
    } finally {
      for (SizedStore store : stores) {
        store.close();
      }
    }
  }

  private static void report(
      Run run,
      String call,
      List<SizedStore> stores,
      Function<SizedStore, Latency> own,
      @Nullable Function<SizedStore, Latency> rocks) {
    for (SizedStore store : stores) {
      String what = Figure.format("%s at %,d", call, store.size());
      Latency measured = own.apply(store);
      if (rocks == null) {
        run.row(Row.of(what, measured.figure()));
      } else {
        Latency baseline = rocks.apply(store);
        double ratio = measured.medianMicros() / baseline.medianMicros();
        run.row(new Row(what, measured.figure(), baseline.figure(), ratio));
      }
    }
    run.row(spread(call + ": greatest / least", stores, own));
    if (rocks != null) {
      run.row(spread("RocksDB get in those rounds: greatest / least", stores, rocks));
    }
  }

  private static Row spread(
      String question, List<SizedStore> stores, Function<SizedStore, Latency> latency) {
    var medians = stores.stream().mapToDouble(s -> latency.apply(s).medianMicros());
    var all = medians.summaryStatistics();
    double ratio = all.getMax() / all.getMin();
    return new Row(question, micros(all.getMax()), micros(all.getMin()), ratio);
  }

  private static Figure micros(double median) {
    return new Figure(Figure.format("%.1f us", median), Map.of("median_us", median));
  }
}
