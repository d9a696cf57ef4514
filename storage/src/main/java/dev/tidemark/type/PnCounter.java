package dev.tidemark.type;

import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;

/**
 * A key of strategy {@code pn-counter}: a counter that goes up and down, and back to 0 by a delete.
 * Each replica keeps its own totals, so concurrent increments and decrements all count. After
 * Shapiro et al., INRIA RR-7506, 2011; the exact reset is by baselines per replica.
 */
public final class PnCounter extends CounterHandle {
  /**
   * The handle of a key.
   *
   * @throws IllegalArgumentException if the key has another strategy
   */
  public PnCounter(KeyAccess access) {
    super(access, Strategy.PN_COUNTER);
  }

  /**
   * Counts one down.
   *
   * @return the log position
   */
  public long decrement() {
    return decrement(1);
  }

  /**
   * Counts down; the value may go below 0. Reads one cell.
   *
   * @return the log position
   * @throws IllegalArgumentException if the amount is not above 0
   * @throws dev.tidemark.error.CounterRangeException if this replica's own decrements would add up
   *     to more than 64 bits; nothing was changed
   */
  public long decrement(long amount) {
    return access.update(new Update.Decrement(amount));
  }

  /** This handle with another durability for its updates. */
  public PnCounter with(Durability durability) {
    return new PnCounter(access.with(durability));
  }
}
