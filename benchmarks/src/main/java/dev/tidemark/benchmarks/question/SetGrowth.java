package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Memory;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Question: does one more {@code add}, or one {@code contains}, cost more the more elements there
 * are under the key? Asked of or-set and g-set, and of lww-map with {@code put} and {@code get}.
 *
 * <p>Workload: a store for each size, with default options and BUFFERED; under one key 10^2 to 10^6
 * elements of 12 bytes, put there in random order, then folded and flushed. Then rounds: in each
 * round every store in turn gets 200 looks at random elements that are in, 200 at ones that are
 * not, and 100 adds of new elements, each call timed, and is flushed untimed. The rounds go round
 * the sizes so that whatever else the machine does meets all sizes alike; the first rounds warm up
 * and do not count. Where the adds of all rounds would more than double the set, each round has a
 * fresh key of the right size in the same store.
 *
 * <p>Baseline: the cheapest of the smaller sizes; the ratio of the whole is the dearest median to
 * the cheapest. Wanted: at most 1.5.
 */
public final class SetGrowth implements Benchmark {
  private static final int ADDS = 100;
  private static final int LOOKS = 200;
  private static final int FILL_COMMIT = 1_000;

  @Override
  public String name() {
    return "set-growth";
  }

  @Override
  public String question() {
    return "what do add and contains cost from 100 to 1,000,000 elements under a key?";
  }

  @Override
  public void run(Run run) throws Exception {
    for (GrowingKind kind : GrowingKind.values()) {
      grow(run, kind);
    }
  }

  private static void grow(Run run, GrowingKind kind) throws Exception {
    int rounds = run.size(60, 30, 2);
    int warmUp = rounds / 4;
    List<Sized> stores = new ArrayList<>();
    try {
      for (int size = 100; size <= run.size(1_000_000, 100_000, 1_000); size *= 10) {
        stores.add(Sized.fill(run, kind, size, rounds + warmUp));
        run.note("%s: %,d elements are in", kind.strategy(), size);
      }
      for (int round = 0; round < rounds + warmUp; round++) {
        for (Sized store : stores) {
          store.round(round, round >= warmUp);
        }
      }
      report(run, kind, kind.write(), stores, sized -> sized.adds);
      report(run, kind, kind.read(), stores, sized -> sized.hits);
      report(run, kind, kind.read() + " in vain", stores, sized -> sized.misses);
      run.row(
          Row.of(
              kind.strategy() + ": heap after collection, all stores open",
              Figure.bytes(Memory.heapAfterCollection())));
    } finally {
      for (Sized store : stores) {
        store.close();
      }
    }
  }

  private static void report(
      Run run,
      GrowingKind kind,
      String call,
      List<Sized> stores,
      Function<Sized, Latency> latency) {
    double cheapest = least(stores, sized -> latency.apply(sized).medianMicros());
    double dearest = -least(stores, sized -> -latency.apply(sized).medianMicros());
    for (Sized sized : stores) {
      Latency measured = latency.apply(sized);
      String what = Figure.format("%s %s at %,d", kind.strategy(), call, sized.size);
      run.row(
          new Row(what, measured.figure(), micros(cheapest), measured.medianMicros() / cheapest));
    }
    run.row(
        new Row(
            kind.strategy() + " " + call + ": dearest to cheapest",
            micros(dearest),
            micros(cheapest),
            dearest / cheapest));
  }

  private static double least(List<Sized> stores, ToDoubleFunction<Sized> of) {
    return stores.stream().mapToDouble(of).min().orElseThrow();
  }

  private static Figure micros(double median) {
    return new Figure(Figure.format("%.1f us", median), Map.of("median_us", median));
  }

  /** A store whose keys have one size. */
  private static final class Sized implements AutoCloseable {
    private final GrowingKind kind;
    private final int size;
    private final Tidemark store;
    private final boolean sameKey;
    private final SplittableRandom random = new SplittableRandom(1);
    private final Latency adds = new Latency();
    private final Latency hits = new Latency();
    private final Latency misses = new Latency();
    private boolean found;

    private Sized(GrowingKind kind, int size, Tidemark store, boolean sameKey) {
      this.kind = kind;
      this.size = size;
      this.store = store;
      this.sameKey = sameKey;
    }

    static Sized fill(Run run, GrowingKind kind, int size, int rounds) {
      boolean sameKey = (long) rounds * ADDS <= size;
      Schema schema = Schema.of("set:", kind.strategy());
      Tidemark store = Tidemark.open(run.directory(kind.strategy() + "-" + size), schema);
      Sized sized = new Sized(kind, size, store, sameKey);
      for (int key = 0; key < (sameKey ? 1 : rounds); key++) {
        String name = "set:" + key;
        for (int from = 0; from < size; from += FILL_COMMIT) {
          int begin = from;
          int end = Math.min(size, from + FILL_COMMIT);
          store.commit(
              batch -> {
                GrowingKind.Cells inBatch = kind.of(batch, name);
                for (int element = begin; element < end; element++) {
                  inBatch.write(element(element));
                }
              });
        }
      }
      store.flush();
      return sized;
    }

    void round(int round, boolean counts) {
      GrowingKind.Cells cells = kind.of(store, "set:" + (sameKey ? 0 : round));
      int first = size + (sameKey ? round * ADDS : 0);
      String[] in = elements(LOOKS, i -> random.nextInt(size));
      String[] out = elements(LOOKS, i -> -1 - random.nextInt(size));
      String[] added = elements(ADDS, i -> first + i);
      (counts ? hits : new Latency()).time(LOOKS, i -> found ^= cells.contains(in[i]));
      (counts ? misses : new Latency()).time(LOOKS, i -> found ^= cells.contains(out[i]));
      (counts ? adds : new Latency()).time(ADDS, i -> cells.write(added[i]));
      store.flush();
    }

    private static String[] elements(int count, IntUnaryOperator number) {
      return IntStream.range(0, count)
          .mapToObj(i -> element(number.applyAsInt(i)))
          .toArray(String[]::new);
    }

    /** The elements in an order that is not the one of their bytes; 12 bytes each. */
    private static String element(int number) {
      return "%012x".formatted(number * 0x9E3779B97F4BL & 0xFFFFFFFFFFFFL);
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
