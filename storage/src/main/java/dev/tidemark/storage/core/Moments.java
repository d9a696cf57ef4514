package dev.tidemark.storage.core;

import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The moments of the state that readers may see: any but those in the middle of a run that is being
 * folded, which takes several batches. While one is, they see the moment before it. Nobody waits.
 */
final class Moments {
  private final StateStore state;
  // Counts beginnings and ends; a read during which it stood still met none of them.
  private final AtomicLong turns = new AtomicLong();
  private volatile @Nullable SharedPin before;

  Moments(StateStore state) {
    this.state = state;
  }

  /** Readers stay with this moment from now on; one thread at a time. */
  void stay() {
    before = new SharedPin(state.pin());
    turns.incrementAndGet();
  }

  /** Readers go on with what the state is now. */
  void goOn() {
    SharedPin left = before;
    before = null;
    turns.incrementAndGet();
    if (left != null) {
      left.leave();
    }
  }

  /** Reads at one moment. */
  <T> T pinned(Function<Pin, T> read) {
    while (true) {
      long turn = turns.get();
      SharedPin shared = before;
      if (shared != null) {
        if (shared.enter()) {
          return shared(shared, read);
        }
        continue;
      }
      try (Pin pin = state.pin()) {
        if (turns.get() == turn) {
          return read.apply(pin);
        }
        // A run has begun or ended meanwhile: the pin may be in the middle of it.
      }
    }
  }

  private static <T> T shared(SharedPin shared, Function<Pin, T> read) {
    try {
      return read.apply(shared.pin());
    } finally {
      shared.leave();
    }
  }

  /**
   * Reads what takes one look at the state of now, or does the other where that may not be looked
   * at. The first may be done in vain.
   */
  <T> T unpinned(Supplier<T> now, Function<Pin, T> atMoment) {
    long turn = turns.get();
    if (before == null) {
      T result = now.get();
      if (turns.get() == turn) {
        return result;
      }
    }
    return pinned(atMoment);
  }

  /** What one look at the state of now finds, if it may be looked at; else null. */
  <T> @Nullable T look(Supplier<@Nullable T> now) {
    long turn = turns.get();
    if (before != null) {
      return null;
    }
    T found = now.get();
    return turns.get() == turn ? found : null;
  }
}
