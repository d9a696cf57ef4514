package dev.tidemark.benchmarks.question;

import dev.tidemark.benchmarks.harness.Latency;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/** Threads that share calls, each making its own one after the other. */
final class Callers {
  private Callers() {}

  /** Makes all calls, numbered from 0. */
  static Latency share(int callers, int calls, IntConsumer call) throws Exception {
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
