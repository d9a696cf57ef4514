package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.compaction.CompactionReport;
import dev.tidemark.storage.compaction.Throttle;
import dev.tidemark.type.Durability;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Question: how much longer do updates take while the log is compacted?
 *
 * <p>Workload: a store with a log of some 400 MiB, of which one thread sets registers of 100 bytes
 * under 1,000,000 keys at random, for windows of 4 seconds, 8 without and 8 with a compaction of
 * all of the log at the rate of the default options, in turn. BUFFERED: 20,000 updates a second,
 * each at its time and taken as that much longer as it began later; then as many as go; then
 * SYNCED, as many as go.
 *
 * <p>Baseline: the windows without. The ratio is of the time that 99 of 100 updates stayed under.
 */
public final class CompactionLatency implements Benchmark {
  private static final long BLOCK_NANOS = 100_000_000;
  private static final int PER_SECOND = 20_000;

  private final SplittableRandom random = new SplittableRandom(5);
  private final Bytes value = Bytes.wrap(Names.value(1));
  private int keys;

  /** Makes updates for about as long as a block, and tells how long they took. */
  private interface Block {
    void run(Latency latency);
  }

  @Override
  public String name() {
    return "compaction-latency";
  }

  @Override
  public String question() {
    return "how much longer do updates take while the log is compacted?";
  }

  @Override
  public void run(Run run) throws Exception {
    keys = run.size(1_000_000, 100_000, 100);
    int windows = run.size(8, 3, 1);
    long window = run.size(4_000, 2_000, 100) * 1_000_000L;
    Options options =
        Options.defaults().withCompactionBytesPerSecond(0).withRetention(Retention.byCommandOnly());
    try (Tidemark store =
        Tidemark.open(run.directory("store"), Schema.of("key:", Strategy.LWW_REGISTER), options)) {
      int before = run.size(2_000_000, 200_000, 1_000);
      for (int i = 0; i < before; i++) {
        update(store, Durability.BUFFERED);
      }
      store.flush();
      int inBlock = (int) (PER_SECOND * BLOCK_NANOS / 1_000_000_000L);
      measure(
          run,
          store,
          "BUFFERED, 20,000 a second",
          windows,
          window,
          latency ->
              latency.timePaced(
                  inBlock, BLOCK_NANOS / inBlock, i -> update(store, Durability.BUFFERED)));
      measure(
          run,
          store,
          "BUFFERED, as many as go",
          windows,
          window,
          latency -> latency.time(inBlock, i -> update(store, Durability.BUFFERED)));
      measure(
          run,
          store,
          "SYNCED, as many as go",
          windows,
          window,
          latency -> latency.time(10, i -> update(store, Durability.SYNCED)));
    }
  }

  private void update(Tidemark store, Durability durability) {
    String key = "key:" + random.nextInt(keys);
    store.commit(durability, batch -> batch.update(key, new Update.SetValue(value)));
  }

  private static void measure(
      Run run, Tidemark store, String what, int windows, long window, Block block) {
    Latency without = new Latency();
    Latency with = new Latency();
    block.run(new Latency());
    for (int i = 0; i < windows; i++) {
      fill(block, without, window);
      store.flush();
      fillWhileCompacting(store, block, with, window);
      store.flush();
    }
    run.row(
        new Row(
            what, with.tailFigure(), without.tailFigure(), with.p99Micros() / without.p99Micros()));
  }

  private static void fill(Block block, Latency latency, long window) {
    long begin = System.nanoTime();
    do {
      block.run(latency);
    } while (System.nanoTime() - begin < window);
  }

  /** What was written just before is sealed, so that there is always something to compact. */
  private static void fillWhileCompacting(
      Tidemark store, Block block, Latency latency, long window) {
    long end = System.nanoTime() + window;
    while (System.nanoTime() - end < 0) {
      Throttle pace =
          new Throttle(
              Options.defaults().compactionBytesPerSecond(), () -> System.nanoTime() - end > 0);
      CompletableFuture<CompactionReport> compaction =
          CompletableFuture.supplyAsync(() -> store.compact(pace));
      do {
        block.run(latency);
      } while (!compaction.isDone());
      try {
        compaction.join();
      } catch (CompletionException e) {
        if (!(e.getCause() instanceof CancellationException)) {
          throw e;
        }
      } catch (CancellationException windowIsOver) {
        // As it should be.
      }
    }
  }
}
