package dev.tidemark.engine.laws;

import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import java.util.BitSet;

/**
 * An operation that happened, and which others its maker had seen.
 *
 * @param index its place in {@link History#ops()}
 * @param visible the indices of the operations seen where it was made; closed under causality
 */
public record Op(int index, OperationId id, Update update, KeyDelta delta, BitSet visible) {
  Version version() {
    return id.version();
  }

  boolean sees(Op other) {
    return visible.get(other.index);
  }

  @Override
  public String toString() {
    return index + ":" + id + " " + update + " sees " + visible;
  }
}
