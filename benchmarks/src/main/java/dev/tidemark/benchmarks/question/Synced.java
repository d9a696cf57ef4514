package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.type.Durability;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * Question: how many updates a second survive power loss, by 1, 8 and 64 callers that each wait?
 *
 * <p>Workload: sets of 100-byte values to lww-registers under 10,000 keys, SYNCED; each caller
 * makes its share of the calls, one after the other. Callers that wait at the same time share a
 * force of the disk.
 *
 * <p>Baseline: RocksDB's put with {@code sync} on, which shares forces too; the same callers, keys
 * and values, in the same run. The ratio is of rates. Both depend on the disk more than on the
 * code, and on whether it tells the truth about a flush.
 */
public final class Synced implements Benchmark {
  @Override
  public String name() {
    return "synced";
  }

  @Override
  public String question() {
    return "how many SYNCED updates a second, beside RocksDB with sync?";
  }

  @Override
  public void run(Run run) throws Exception {
    byte[] value = Names.value(1);
    for (int callers : List.of(1, 8, 64)) {
      int calls = run.size(1_000, 200, 3) * Math.min(callers, 16);
      Names keys = new Names("key:", 10_000, calls);
      Latency baseline;
      try (RocksBaseline rocks = new RocksBaseline(run.directory("rocks-" + callers))) {
        baseline = shared(callers, calls, i -> rocks.putSynced(keys.at(i), value));
      }
      Latency own;
      try (Tidemark store =
          Tidemark.open(
              run.directory("store-" + callers), Schema.of("key:", Strategy.LWW_REGISTER))) {
        own =
            shared(
                callers,
                calls,
                i ->
                    store
                        .lwwRegister(keys.at(i), Codec.bytes())
                        .with(Durability.SYNCED)
                        .set(value));
      }
      run.row(
          new Row(
              Figure.format("set, SYNCED, %d callers", callers),
              own.rateFigure(),
              baseline.rateFigure(),
              own.perSecond() / baseline.perSecond()));
    }
  }

  private static Latency shared(int callers, int calls, IntConsumer call) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try {
      List<Future<Latency>> running = new ArrayList<>();
      for (int caller = 0; caller < callers; caller++) {
        int first = caller;
        running.add(
            threads.submit(
                () -> {
                  Latency latency = new Latency();
                  int share = (calls - first + callers - 1) / callers;
                  latency.time(share, i -> call.accept(first + i * callers));
                  return latency;
                }));
      }
      Latency all = new Latency();
      for (Future<Latency> one : running) {
        all.addConcurrent(one.get());
      }
      return all;
    } finally {
      threads.shutdown();
    }
  }
}
