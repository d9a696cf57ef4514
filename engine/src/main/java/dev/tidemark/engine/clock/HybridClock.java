package dev.tidemark.engine.clock;

import dev.tidemark.error.Problem;

/**
 * One replica's hybrid clock. Physical time is an argument. Not thread-safe: it is asked inside the
 * append, where stamps and log order are the same order.
 */
public final class HybridClock {
  private long last;

  /** A clock that will only give stamps above the given one. */
  public HybridClock(long last) {
    this.last = last;
  }

  /** The greatest stamp given or observed. */
  public long last() {
    return last;
  }

  /**
   * The stamp that the next operation gets: above all given or observed before, whatever physical
   * time does. It is given once its last operation is {@linkplain #observe observed}; the
   * operations of one commit follow at +1 each.
   */
  public long peek(long wallMillis) {
    long next = Math.max(HybridTimestamp.ofMillis(wallMillis), last + 1);
    // The greatest stamp of all is never given, and what follows it would be a step back.
    if (next <= last || next < 1 || next == HybridTimestamp.MAX_STAMP) {
      throw Problem.of("hybrid clock is exhausted").with("last", last).broken();
    }
    return next;
  }

  /** Learns of a remote stamp. No tick: hearing of it twice changes nothing. */
  public void observe(long stamp) {
    last = Math.max(last, stamp);
  }
}
