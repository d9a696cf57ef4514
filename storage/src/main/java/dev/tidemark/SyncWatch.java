package dev.tidemark;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.event.Event;
import dev.tidemark.storage.core.Observers;
import dev.tidemark.storage.core.StoreCore;
import java.util.List;

/**
 * Tells when more of a store's log survives a power loss. Costs commits nothing. Thread-safe; close
 * it.
 */
public final class SyncWatch implements AutoCloseable {
  private final StoreCore core;
  private final Tap tap;

  /**
   * Begins to watch.
   *
   * @param listener is told after each sync, and when the store is closed; must not wait
   */
  SyncWatch(StoreCore core, Runnable listener) {
    this.core = core;
    this.tap = new Tap(listener);
    core.observers().add(tap);
  }

  /** The position of the newest commit. */
  public long appendedPosition() {
    return core.log().appendedPosition();
  }

  /** The position up to which the log survives power loss. */
  public long syncedPosition() {
    return core.log().syncedPosition();
  }

  @Override
  public void close() {
    core.observers().remove(tap);
  }

  private record Tap(Runnable listener) implements Observers.Tap {
    @Override
    public boolean wants(Bytes key) {
      return false;
    }

    @Override
    public boolean isOpen() {
      return false;
    }

    @Override
    public void offer(long position, List<Event.Change> changes, long bytes) {
      // Nothing is wanted.
    }

    @Override
    public void missed(long position) {
      // Nor missed.
    }

    @Override
    public void wake() {
      listener.run();
    }
  }
}
