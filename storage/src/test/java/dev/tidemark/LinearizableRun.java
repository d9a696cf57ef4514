package dev.tidemark;

import java.util.concurrent.atomic.AtomicLong;

/** One run of calls against the one store, under keys of its own. */
public abstract class LinearizableRun {
  private static final AtomicLong RUNS = new AtomicLong();
  private static Tidemark store;

  private final long number = RUNS.incrementAndGet();

  /** The store of the runs to come. */
  static void use(Tidemark newStore) {
    store = newStore;
  }

  static Tidemark store() {
    return store;
  }

  final String key(String prefix) {
    return prefix + number + "/";
  }
}
