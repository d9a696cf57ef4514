package dev.tidemark.engine.causal;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import java.util.List;

/** {@code mv-register}: the root holds every value not overridden by one that saw it. */
public final class MultiValueRegister extends RootLattice {
  @Override
  public KeyDelta prepare(Update update, KeyView seen, OperationId id) {
    if (update instanceof Update.SetValue set) {
      return overrideRoot(seen, id, Arguments.value(set.value()));
    }
    if (update instanceof Update.Delete) {
      return overrideRoot(seen, id, null);
    }
    throw Arguments.unsupported("mv-register", update, "set, delete");
  }

  @Override
  public Value value(KeyView state) {
    return new Value.Elements(root(state).values());
  }

  @Override
  Effect describe(Bytes id, DotCell cell) {
    Value values = cell.live().isEmpty() ? null : new Value.Elements(cell.values());
    String verb = values == null ? "delete" : "set";
    return new Effect(verb, null, values, List.copyOf(cell.killed()));
  }

  @Override
  boolean hasValues() {
    return true;
  }
}
