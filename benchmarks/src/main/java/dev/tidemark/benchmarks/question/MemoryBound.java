package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Memory;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Status;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Question: how much memory does a store take, however much is in it?
 *
 * <p>Workload: 10,000,000 sets of 100-byte values to lww-registers under 1,000,000 keys at random,
 * through the facade, BUFFERED, default options, by one thread without a pause, in a JVM with a
 * heap of 256 MiB. Every 200,000 updates the heap is collected and measured, in between everything
 * else; the peaks count. Nothing else of size is in the heap: keys and values are made as they are
 * needed.
 *
 * <p>Baseline: the bound that {@code docs/benchmarks.md} states, from the options. The ratio is the
 * peak to the bound: above 1 the bound is broken.
 */
public final class MemoryBound implements Benchmark {
  private static final int SAMPLE_EVERY = 20_000;
  private static final int COLLECT_EVERY = 200_000;

  private long heap;
  private long overlay;
  private long rocks;
  private long outsideHeap;
  private long anonymous;
  private long mapped;

  @Override
  public String name() {
    return "memory-bound";
  }

  @Override
  public String question() {
    return "how much memory do 10,000,000 updates over 1,000,000 keys take?";
  }

  @Override
  public List<String> jvmOptions() {
    return List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch");
  }

  @Override
  public void run(Run run) throws Exception {
    int updates = run.size(10_000_000, 1_000_000, 2_000);
    int keys = run.size(1_000_000, 200_000, 500);
    Options options = Options.defaults();
    long heapBefore = Memory.heapAfterCollection();
    long anonymousBefore = Memory.anonymous() - classesAndCode();
    SplittableRandom random = new SplittableRandom(3);
    byte[] value = Names.value(1);
    try (Tidemark store =
        Tidemark.open(run.directory("store"), Schema.of("key:", Strategy.LWW_REGISTER), options)) {
      for (int i = 1; i <= updates; i++) {
        value[i % value.length] = (byte) random.nextInt();
        store.lwwRegister("key:" + random.nextInt(keys), Codec.bytes()).set(value);
        if (i % SAMPLE_EVERY == 0 || i == updates) {
          sample(store, i % COLLECT_EVERY == 0 || i == updates, anonymousBefore);
        }
        if (i % (updates / 10) == 0) {
          run.note("%,d updates", i);
        }
      }
    }
    long heapBound = options.overlayBytes() + options.overlayBytes() / 4 + (40L << 20);
    long nativeBound = 2 * options.cacheBytes() + options.overlayBytes() * 7 / 4;
    row(run, "heap after collection, less that before opening", heap - heapBefore, heapBound);
    row(run, "overlay, as the store estimates it", overlay, options.overlayBytes());
    row(run, "RocksDB, as it counts itself", rocks, options.cacheBytes());
    row(run, "native: resident, less heap and JVM", outsideHeap, nativeBound);
    run.row(Row.of("resident and no file's, with a heap of 256 MiB", Figure.bytes(anonymous)));
    run.row(Row.of("resident pages of mapped files", Figure.bytes(mapped)));
  }

  private void sample(Tidemark store, boolean collect, long anonymousBefore) {
    Status status = store.status();
    overlay = Math.max(overlay, status.overlayBytes());
    rocks = Math.max(rocks, status.nativeBytes());
    anonymous = Math.max(anonymous, Memory.anonymous());
    outsideHeap = Math.max(outsideHeap, Memory.anonymous() - anonymousBefore - classesAndCode());
    mapped = Math.max(mapped, Memory.mapped());
    if (collect) {
      heap = Math.max(heap, Memory.heapAfterCollection());
    }
  }

  /** What the JVM takes for itself: not ours to bound. */
  private static long classesAndCode() {
    return ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getCommitted();
  }

  private static void row(Run run, String question, long peak, long bound) {
    run.row(new Row(question, Figure.bytes(peak), Figure.bytes(bound), (double) peak / bound));
  }
}
