package dev.tidemark.type;

import dev.tidemark.engine.strategy.Strategy;

/**
 * A key of strategy {@code g-counter}: a counter that goes up, and back to 0 by a delete. Each
 * replica keeps its own total, so concurrent increments all count. After Shapiro et al., INRIA
 * RR-7506, 2011; the exact reset is by baselines per replica.
 */
public final class GCounter extends CounterHandle {
  /**
   * The handle of a key.
   *
   * @throws IllegalArgumentException if the key has another strategy
   */
  public GCounter(KeyAccess access) {
    super(access, Strategy.G_COUNTER);
  }

  /** This handle with another durability for its updates. */
  public GCounter with(Durability durability) {
    return new GCounter(access.with(durability));
  }
}
