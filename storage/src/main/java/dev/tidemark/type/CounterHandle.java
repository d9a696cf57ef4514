package dev.tidemark.type;

import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.CounterRangeException;
import dev.tidemark.error.Problem;
import java.math.BigInteger;

/** What both counters share. */
abstract class CounterHandle extends Handle {
  private static final int LONG_BITS = Long.SIZE - 1;

  CounterHandle(KeyAccess access, Strategy wanted) {
    super(access, wanted);
  }

  /**
   * Counts one up.
   *
   * @return the log position
   */
  public long increment() {
    return increment(1);
  }

  /**
   * Counts up. Reads one cell.
   *
   * @return the log position
   * @throws IllegalArgumentException if the amount is not above 0
   * @throws CounterRangeException if this replica's own increments would add up to more than 64
   *     bits; nothing was changed
   */
  public long increment(long amount) {
    return access.update(new Update.Increment(amount));
  }

  /**
   * The value, 0 if it was never touched. Reads one cell, with an entry per replica that counted.
   *
   * @throws CounterRangeException if it does not fit; it carries the exact value
   */
  public long value() {
    return toLong(exactValue());
  }

  /** The value, whatever its size. */
  public BigInteger exactValue() {
    return value(Value.Counter.class).sum();
  }

  /**
   * Resets to 0 what this replica has seen; increments and decrements that it has not seen survive.
   *
   * @return the log position
   */
  public long delete() {
    return access.update(new Update.Delete());
  }

  static long toLong(BigInteger exact) {
    if (exact.bitLength() > LONG_BITS) {
      throw new CounterRangeException(
          Problem.of("counter value is over 64 bits")
              .with("value", exact)
              .advise("read its exact value instead"),
          exact);
    }
    return exact.longValue();
  }
}
