package dev.tidemark.storage.core;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Who still needs the log, from which position on: what is cut off goes no further than that. */
public final class LogHolds {
  /** Nobody needs anything. */
  public static final long NONE = Long.MAX_VALUE;

  private final Set<Hold> holds = ConcurrentHashMap.newKeySet();
  private volatile LongSupplier members = () -> NONE;

  /** One who reads; until it is closed. */
  public final class Hold implements AutoCloseable {
    private final LongSupplier next;

    private Hold(LongSupplier next) {
      this.next = next;
    }

    @Override
    public void close() {
      holds.remove(this);
    }
  }

  /**
   * Begins to hold.
   *
   * @param next the lowest position that is still to be read; asked by any thread
   */
  public Hold add(LongSupplier next) {
    Hold hold = new Hold(next);
    holds.add(hold);
    return hold;
  }

  /**
   * Says what members of the cluster need.
   *
   * @param lowest the lowest position that one of them has not seen, or {@link #NONE}
   */
  public void members(LongSupplier lowest) {
    members = lowest;
  }

  /** The lowest position that anybody needs, or {@link #NONE}. */
  long lowest() {
    long lowest = members.getAsLong();
    for (Hold hold : holds) {
      lowest = Math.min(lowest, hold.next.getAsLong());
    }
    return lowest;
  }
}
