package dev.tidemark.type;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.strategy.Strategy;

/**
 * A key of strategy {@code g-set}: a set that only grows. Stores converge to the union of all adds.
 * After Shapiro, Preguiça, Baquero and Zawirski, "A Comprehensive Study of Convergent and
 * Commutative Replicated Data Types", INRIA RR-7506, 2011.
 *
 * <p>There is no remove and no delete: use an {@link OrSet} where elements leave.
 *
 * @param <E> the type of the elements; two are one when their bytes are
 */
public final class GSet<E> extends SetHandle<E> {
  /**
   * The handle of a key.
   *
   * @throws IllegalArgumentException if the key has another strategy
   */
  public GSet(KeyAccess access, Codec<E> codec) {
    super(access, codec, Strategy.G_SET);
  }

  /** This handle with another durability for its updates. */
  public GSet<E> with(Durability durability) {
    return new GSet<>(access.with(durability), codec);
  }
}
