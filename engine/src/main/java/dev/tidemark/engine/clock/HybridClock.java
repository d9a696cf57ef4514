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
   * The stamp of the first of {@code count} consecutive operations; the others follow at +1 each.
   * It is above all given or observed before, whatever physical time does.
   */
  public long next(long wallMillis, int count) {
    long first = Math.max(HybridTimestamp.ofMillis(wallMillis), last + 1);
    long newest = first + count - 1;
    // The greatest stamp of all is never given: what follows it could not be told from it.
    if (first <= last || first < 1 || newest < first || newest == HybridTimestamp.MAX_STAMP) {
      throw Problem.of("hybrid clock is exhausted").with("last", last).broken();
    }
    last = newest;
    return first;
  }

  /** Learns of a remote stamp. No tick: hearing of it twice changes nothing. */
  public void observe(long stamp) {
    last = Math.max(last, stamp);
  }
}
