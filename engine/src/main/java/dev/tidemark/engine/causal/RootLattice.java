package dev.tidemark.engine.causal;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Deltas;
import dev.tidemark.engine.lattice.KeyView;

/** A causal type without cells: all of it is the root. */
abstract class RootLattice extends CausalLattice {
  @Override
  public final boolean present(KeyView state) {
    return !root(state).live().isEmpty();
  }

  @Override
  final boolean hasRoot() {
    return true;
  }

  @Override
  final void validateKill(Bytes prefix) {
    throw Deltas.malformed("delta overrides cells where its strategy has none");
  }

  @Override
  final void validateId(Bytes id) {
    throw Deltas.malformed("delta has cells where its strategy has none");
  }
}
