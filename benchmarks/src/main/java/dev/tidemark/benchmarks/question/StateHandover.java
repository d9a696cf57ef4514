package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.handover.StateExport;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Question: how long does an update wait while its store takes another one's state?
 *
 * <p>Workload: a store holds 64 MiB of sets, 100-byte elements in 1,000 sets; another, which is
 * empty, takes its state, while a thread of it sets a register of its own as fast as it can. The
 * state is written aside first, and updates go on; they wait while it is folded.
 *
 * <p>Figure: the longest update. Baseline: how long taking the state takes in all. The ratio is of
 * times.
 */
public final class StateHandover implements Benchmark {
  private static final int ELEMENT_BYTES = 100;
  private static final int SETS = 1_000;
  private static final String OWN = "own";

  @Override
  public String name() {
    return "handover";
  }

  @Override
  public String question() {
    return "how long does an update wait while its store takes a state?";
  }

  @Override
  public void run(Run run) throws Exception {
    int elements = run.size((64 << 20) / ELEMENT_BYTES, (64 << 20) / ELEMENT_BYTES, 5_000);
    Schema schema = Schema.of("set:", Strategy.OR_SET);
    try (Tidemark from = Tidemark.open(run.directory("from"), schema);
        Tidemark to = Tidemark.open(run.directory("to"), schema)) {
      fill(from, elements);
      from.flush();
      AtomicBoolean done = new AtomicBoolean();
      AtomicLong longest = new AtomicLong();
      CountDownLatch writing = new CountDownLatch(1);
      Thread writer = new Thread(() -> write(to, done, longest, writing), "writer");
      writer.start();
      writing.await();
      long begin = System.nanoTime();
      try (StateExport state = from.export()) {
        to.accept(state, from.replicaId());
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      done.set(true);
      writer.join();
      double longestSeconds = longest.get() / 1e9;
      run.row(
          new Row(
              Figure.format("longest update beside a state of %,d elements", elements),
              seconds(longestSeconds),
              seconds(seconds),
              longestSeconds / seconds));
    }
  }

  private static Figure seconds(double seconds) {
    return new Figure(Figure.format("%.2f s", seconds), Map.of("seconds", seconds));
  }

  private static void fill(Tidemark store, int elements) {
    String padding = "x".repeat(ELEMENT_BYTES - 8);
    for (int at = 0; at < elements; at += SETS) {
      int first = at;
      store.commit(
          batch -> {
            for (int i = first; i < Math.min(first + SETS, elements); i++) {
              batch
                  .orSet("set:" + i % SETS, Codec.utf8())
                  .add(Integer.toHexString(i | 1 << 30) + padding);
            }
          });
    }
  }

  private static void write(
      Tidemark store, AtomicBoolean done, AtomicLong longest, CountDownLatch writing) {
    for (long i = 0; !done.get(); i++) {
      long begin = System.nanoTime();
      store.lwwRegister(OWN, Codec.int64()).set(i);
      longest.accumulateAndGet(System.nanoTime() - begin, Math::max);
      writing.countDown();
    }
  }
}
