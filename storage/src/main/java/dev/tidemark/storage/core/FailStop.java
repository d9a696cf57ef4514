package dev.tidemark.storage.core;

import dev.tidemark.error.Problem;
import dev.tidemark.error.StorePoisonedException;
import java.util.function.Supplier;

/**
 * Ends all writing at a fault of a mapped page. The JVM tells it by an {@link InternalError} in
 * whatever the thread does next that looks for one, which may be long after the write and far from
 * it: so every way into the store looks for it.
 */
final class FailStop {
  private final Background background;

  FailStop(Background background) {
    this.background = background;
  }

  /** Does something; a fault that shows meanwhile ends all writing. */
  <T> T run(Supplier<T> work) {
    try {
      return work.get();
    } catch (InternalError fault) {
      background.fail(fault);
      throw poisoned(fault);
    }
  }

  /** The same, of what has no result. */
  void run(Runnable work) {
    run(
        () -> {
          work.run();
          return Boolean.TRUE;
        });
  }

  /** Refuses to write after a failure. */
  void requireWhole() {
    Throwable cause = background.failure();
    if (cause != null) {
      throw poisoned(cause);
    }
  }

  /** Refuses to wait for the folder after a failure, or when it waits for the disk itself. */
  void requireFolding() {
    requireWhole();
    background.requireRoom();
  }

  private static StorePoisonedException poisoned(Throwable cause) {
    return new StorePoisonedException(
        Problem.of("store has failed in the background")
            .with("cause", cause)
            .advise("reads go on; close it, mend the cause, and open it again"),
        cause);
  }
}
