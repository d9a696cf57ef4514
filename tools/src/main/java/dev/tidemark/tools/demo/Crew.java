package dev.tidemark.tools.demo;

import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * A few threads. One more than there are processors, because a replica that pulls waits until the
 * other's log is forced to the disk; never many, because they share the heap.
 */
final class Crew implements AutoCloseable {
  private static final int MOST = 4;

  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          Math.min(MOST, Runtime.getRuntime().availableProcessors() + 1), Crew::thread);

  /**
   * Makes each commit once its parents are made. Two commits of one replica are never made at once,
   * since the later one has the earlier in its history. What they come to does not depend on who is
   * faster: what a replica receives is told by the parents.
   */
  void inCausalOrder(History history, Consumer<GitCommit> make) {
    CompletableFuture<?>[] made = new CompletableFuture<?>[history.size()];
    for (GitCommit commit : history.commits()) {
      made[commit.index()] =
          CompletableFuture.allOf(
                  Arrays.stream(commit.parents())
                      .mapToObj(parent -> made[parent])
                      .toArray(CompletableFuture<?>[]::new))
              .thenRunAsync(() -> make.accept(commit), threads);
    }
    await(made);
  }

  /** Does the same to each, in any order. */
  <T> void forEach(Collection<T> items, Consumer<T> action) {
    await(
        items.stream()
            .map(item -> CompletableFuture.runAsync(() -> action.accept(item), threads))
            .toArray(CompletableFuture<?>[]::new));
  }

  /** Waits for all, also if one fails: nobody uses a store any more when this returns. */
  private static void await(CompletableFuture<?>[] all) {
    try {
      CompletableFuture.allOf(all).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw e;
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "demo");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
