package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.baseline.RocksBaseline;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.schema.Schema;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A store of {@link SetGrowth}: its keys have one size. */
final class SizedStore implements AutoCloseable {
  private static final int ADDS = 100;
  private static final int LOOKS = 200;
  private static final int FILL_COMMIT = 1_000;
  private static final byte[] PRESENT = new byte[16];

  final Latency adds = new Latency();
  final Latency hits = new Latency();
  final Latency misses = new Latency();
  final Latency rocksHits = new Latency();
  final Latency rocksMisses = new Latency();

  private final GrowingKind kind;
  private final int size;
  private final int keys;
  private final boolean keyARound;
  private final Tidemark store;
  private final @Nullable RocksBaseline rocks;
  private final GrowingKind.Cells[] cells;
  private final SplittableRandom random = new SplittableRandom(1);
  private boolean found;

  /**
   * Fills a store.
   *
   * @param rounds how many rounds there will be
   * @param inStore how many elements it is to have in all keys; 0 for as few as the rounds need
   * @param compared whether RocksDB gets the same elements
   */
  SizedStore(Run run, GrowingKind kind, int size, int rounds, int inStore, boolean compared)
      throws Exception {
    this.kind = kind;
    this.size = size;
    this.keyARound = inStore == 0 && rounds * ADDS > size;
    this.keys = keyARound ? rounds : Math.max(1, inStore / size);
    String name = kind.strategy() + "-" + size + "-" + inStore;
    this.store = Tidemark.open(run.directory(name), Schema.of("set:", kind.strategy()));
    this.rocks = compared ? new RocksBaseline(run.directory(name + "-rocks")) : null;
    this.cells = new GrowingKind.Cells[keys];
    for (int key = 0; key < keys; key++) {
      cells[key] = kind.of(store, "set:" + key);
      for (int from = 0; from < size; from += FILL_COMMIT) {
        fill("set:" + key, from, Math.min(size, from + FILL_COMMIT));
      }
    }
    store.flush();
    if (rocks != null) {
      rocks.flush();
    }
  }

  private void fill(String key, int from, int to) {
    store.commit(
        batch -> {
          GrowingKind.Cells inBatch = kind.of(batch, key);
          for (int element = from; element < to; element++) {
            inBatch.write(element(element));
          }
        });
    if (rocks != null) {
      for (int element = from; element < to; element++) {
        rocks.put(key + element(element), PRESENT);
      }
    }
  }

  int size() {
    return size;
  }

  void round(int round, boolean counts) {
    int[] keyOf = IntStream.range(0, LOOKS).map(i -> key(round)).toArray();
    String[] in = strings(LOOKS, i -> element(random.nextInt(size)));
    String[] out = strings(LOOKS, i -> element(-1 - random.nextInt(size)));
    String[] added = strings(ADDS, i -> element(size + round * ADDS + i));
    time(hits, counts, LOOKS, i -> found ^= cells[keyOf[i]].contains(in[i]));
    time(misses, counts, LOOKS, i -> found ^= cells[keyOf[i]].contains(out[i]));
    time(adds, counts, ADDS, i -> cells[keyOf[i]].write(added[i]));
    store.flush();
    RocksBaseline baseline = rocks;
    if (baseline != null) {
      String[] rocksIn = strings(LOOKS, i -> "set:" + keyOf[i] + in[i]);
      String[] rocksOut = strings(LOOKS, i -> "set:" + keyOf[i] + out[i]);
      time(rocksHits, counts, LOOKS, i -> found ^= baseline.get(rocksIn[i]) != null);
      time(rocksMisses, counts, LOOKS, i -> found ^= baseline.get(rocksOut[i]) != null);
    }
  }

  private int key(int round) {
    return keyARound ? round : random.nextInt(keys);
  }

  private static void time(Latency to, boolean counts, int rounds, Latency.Call call) {
    (counts ? to : new Latency()).time(rounds, call);
  }

  private static String[] strings(int count, IntFunction<String> each) {
    return IntStream.range(0, count).mapToObj(each).toArray(String[]::new);
  }

  /** The elements in an order that is not the one of their bytes; 12 bytes each. */
  private static String element(int number) {
    return "%012x".formatted(number * 0x9E3779B97F4BL & 0xFFFFFFFFFFFFL);
  }

  @Override
  public void close() {
    store.close();
    if (rocks != null) {
      rocks.close();
    }
  }
}
