package dev.tidemark.type;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import java.math.BigInteger;
import java.util.function.Function;

/**
 * A key of strategy {@code or-map:pn-counter}: fields with a {@link PnCounter} each. A field is
 * there while it has an increment or decrement that no remove has seen, also if they add up to 0.
 * Remove and delete reset what their replica had seen; concurrent increments survive.
 *
 * @param <F> the type of the fields; two are one when their bytes are
 */
public final class OrMapOfCounters<F> extends EntryHandle<F, BigInteger> {
  /**
   * The handle of a key.
   *
   * @throws IllegalArgumentException if the key has another strategy
   */
  public OrMapOfCounters(KeyAccess access, Codec<F> fieldCodec) {
    super(access, fieldCodec, Strategy.OR_MAP_OF_PN_COUNTER);
  }

  /**
   * Counts a field one up.
   *
   * @return the log position
   */
  public long increment(F field) {
    return increment(field, 1);
  }

  /**
   * Counts a field up. Costs the field's cell.
   *
   * @return the log position
   * @throws IllegalArgumentException if the amount is not above 0, or the field's bytes are over
   *     {@link dev.tidemark.engine.codec.Limits#MAX_ELEMENT_BYTES}
   * @throws dev.tidemark.error.CounterRangeException if this replica's own increments of the field
   *     would add up to more than 64 bits; nothing was changed
   */
  public long increment(F field, long amount) {
    return update(field, new Update.Increment(amount));
  }

  /**
   * Counts a field one down.
   *
   * @return the log position
   */
  public long decrement(F field) {
    return decrement(field, 1);
  }

  /**
   * Counts a field down; refuses what {@link #increment(Object, long)} refuses.
   *
   * @return the log position
   */
  public long decrement(F field, long amount) {
    return update(field, new Update.Decrement(amount));
  }

  /**
   * The value of a field, 0 if it is not there. Reads its cell alone.
   *
   * @throws dev.tidemark.error.CounterRangeException if it does not fit; it carries the exact value
   */
  public long value(F field) {
    return CounterHandle.toLong(exactValue(field));
  }

  /** The value of a field, whatever its size. */
  public BigInteger exactValue(F field) {
    return find(field).orElse(BigInteger.ZERO);
  }

  /** This handle with another durability for its updates. */
  public OrMapOfCounters<F> with(Durability durability) {
    return new OrMapOfCounters<>(access.with(durability), fieldCodec);
  }

  @Override
  BigInteger decode(Value value, Function<LargeValue, Bytes> loader) {
    return ((Value.Counter) value).sum();
  }
}
