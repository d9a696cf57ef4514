package dev.tidemark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Threads of a test: what fails in one fails the test, and one that hangs does not hang it. */
final class Tasks implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final long PAUSE_NANOS = 500_000;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> running = new ArrayList<>();

  <T> Future<T> start(Callable<T> task) {
    Future<T> future = threads.submit(task);
    running.add(future);
    return future;
  }

  /** Waits for all of them. */
  void join() throws Exception {
    for (Future<?> task : running) {
      get(task);
    }
    running.clear();
  }

  static <T> T get(Future<T> task) throws Exception {
    try {
      return task.get(LONG.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("task hangs", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Waits until something holds that another thread makes true. */
  static void await(BooleanSupplier condition, Supplier<String> otherwise) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(otherwise.get());
      }
      // Whoever it waits for needs the processor.
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
