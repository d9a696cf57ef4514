package dev.tidemark.benchmarks.question;

import com.sun.management.ThreadMXBean;
import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;

/**
 * Question: how many bytes of heap does a call take, and of log an update?
 *
 * <p>Workload: 300,000 calls each, BUFFERED, keys of 12 bytes out of 10,000 at random: a set and a
 * get of an lww-register of 100 bytes, an increment of a pn-counter, an add of a new element to an
 * or-set. Heap is that of the calling thread, its key included (120 bytes), once compiled; the log
 * with its framing.
 */
public final class Allocation implements Benchmark {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Override
  public String name() {
    return "allocation";
  }

  @Override
  public String question() {
    return "how many bytes of heap does a call take, and of log?";
  }

  @Override
  public void run(Run run) throws Exception {
    int calls = run.size(300_000, 100_000, 200);
    LongUnaryOperator choice = Keys.uniform(Math.min(calls, 10_000));
    measure(
        run,
        "lww-register set",
        Strategy.LWW_REGISTER,
        calls,
        store ->
            call ->
                store
                    .lwwRegister(Keys.string(choice.applyAsLong(call)), Codec.bytes())
                    .set(Keys.value((int) call)));
    measure(
        run,
        "lww-register get, nothing there",
        Strategy.LWW_REGISTER,
        calls,
        store ->
            call -> store.lwwRegister(Keys.string(choice.applyAsLong(call)), Codec.bytes()).get());
    measure(
        run,
        "pn-counter increment",
        Strategy.PN_COUNTER,
        calls,
        store -> call -> store.pnCounter(Keys.string(choice.applyAsLong(call))).increment());
    measure(
        run,
        "or-set add",
        Strategy.OR_SET,
        calls,
        store ->
            call ->
                store
                    .orSet(Keys.string(choice.applyAsLong(call)), Codec.bytes())
                    .add(Keys.bytes(call)));
  }

  private static void measure(Run run, String question, Strategy strategy, int calls, Calls of)
      throws Exception {
    Schema schema = Schema.of(Keys.prefix(), strategy);
    try (Tidemark store =
        Tidemark.open(run.directory("store"), schema, Settings.storeWithWholeLog())) {
      LongConsumer call = of.in(store);
      repeat(call, 0, calls);
      long logBefore = store.status().logBytes();
      long thread = Thread.currentThread().getId();
      long before = THREADS.getThreadAllocatedBytes(thread);
      repeat(call, calls, 2 * calls);
      double heap = (double) (THREADS.getThreadAllocatedBytes(thread) - before) / calls;
      double log = (double) (store.status().logBytes() - logBefore) / calls;
      run.row(
          Row.of(
              question,
              new Figure(
                  Figure.format("%,.0f bytes of heap, %,.0f of log", heap, log),
                  Map.of("heap_bytes", heap, "log_bytes", log))));
    }
    Run.delete(run.directory("store"));
  }

  private static void repeat(LongConsumer call, int from, int to) {
    for (int i = from; i < to; i++) {
      call.accept(i);
    }
  }

  private interface Calls {
    LongConsumer in(Tidemark store);
  }
}
