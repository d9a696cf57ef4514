package dev.tidemark.storage.core;

import dev.tidemark.engine.clock.HybridTimestamp;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.Options;
import java.time.Duration;

/** How far ahead of the clock here the stamps of another store may be. */
final class DriftBound {
  private final Options options;

  DriftBound(Options options) {
    this.options = options;
  }

  /** Whether a stamp is too far ahead. */
  boolean isExceeded(long stamp) {
    Duration bound = options.maxDrift();
    return bound != null && aheadMillis(stamp) > bound.toMillis();
  }

  private long aheadMillis(long stamp) {
    return HybridTimestamp.wallMillis(stamp) - options.clock().getAsLong();
  }

  /** Says so. */
  Problem explain(Problem refusal, long stamp) {
    return refusal
        .with("aheadMillis", aheadMillis(stamp))
        .with("maxDrift", String.valueOf(options.maxDrift()))
        .advise("set the sender's clock, or raise the bound on drift");
  }
}
