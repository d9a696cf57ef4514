package dev.tidemark.type;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;

/**
 * A key of strategy {@code or-set}: an observed-remove set, where adds win. A remove takes back the
 * adds that its replica had seen and no others, so an element added on one replica while another
 * removes it stays in. Adding an element again after a remove works as expected. After Shapiro et
 * al., INRIA RR-7506, 2011, in the form without tombstones of Bieniusa et al., "An Optimized
 * Conflict-free Replicated Set", INRIA RR-8083, 2012.
 *
 * @param <E> the type of the elements; two are one when their bytes are
 */
public final class OrSet<E> extends SetHandle<E> {
  /**
   * The handle of a key.
   *
   * @throws IllegalArgumentException if the key has another strategy
   */
  public OrSet(KeyAccess access, Codec<E> codec) {
    super(access, codec, Strategy.OR_SET);
  }

  /**
   * Takes an element out, as far as this replica has seen it added; an operation even if it was not
   * in. Costs the element's cell.
   *
   * @return the log position
   */
  public long remove(E element) {
    return access.update(new Update.Remove(encode(codec, element)));
  }

  /**
   * Takes all elements out, as far as this replica has seen them added. The update is one small
   * vector, whatever the size of the set.
   *
   * @return the log position
   */
  public long delete() {
    return access.update(new Update.Delete());
  }

  /** This handle with another durability for its updates. */
  public OrSet<E> with(Durability durability) {
    return new OrSet<>(access.with(durability), codec);
  }
}
