package dev.tidemark.engine.lattice;

import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Value;
import org.jspecify.annotations.Nullable;

/**
 * A value that nobody reads any more because of an update that had not seen it: of two concurrent
 * updates the clock kept the other.
 *
 * @param field the field of a map that both wrote to, or null where the key is one value
 * @param winner what is read instead
 * @param loser what is not; never a delete, which has no value to lose
 */
public record Loss(@Nullable Bytes field, Side winner, Side loser) {
  /**
   * One of the two.
   *
   * @param version whose it is
   * @param value what it wrote, or null if it deleted
   */
  public record Side(Version version, @Nullable Value value) {}
}
