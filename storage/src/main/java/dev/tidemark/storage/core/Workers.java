package dev.tidemark.storage.core;

import java.util.function.Consumer;

/** Whoever does what goes on behind a store's back: threads, but where a test takes the steps. */
@FunctionalInterface
public interface Workers {
  /** A thread for each duty. */
  Workers THREADS = ThreadWorker::new;

  /**
   * Makes a worker that waits to be started.
   *
   * @param onFailure is told what ended it
   */
  Worker create(String name, Worker.Duty duty, Consumer<Throwable> onFailure);
}
