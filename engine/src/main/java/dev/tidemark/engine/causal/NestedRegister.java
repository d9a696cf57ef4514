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
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A multi-value register in a field: one cell, its id the field. */
final class NestedRegister implements ObservedRemoveMap.Nested {
  @Override
  public String name() {
    return "mv-register";
  }

  @Override
  public String operations() {
    return "set VALUE, update FIELD delete";
  }

  @Override
  public boolean hasValues() {
    return true;
  }

  @Override
  public @Nullable KeyDelta prepare(Bytes field, Update update, KeyView seen, OperationId id) {
    if (update instanceof Update.SetValue set) {
      return CausalLattice.overrideCell(seen, field, id, Arguments.value(set.value()));
    }
    return update instanceof Update.Delete
        ? CausalLattice.overrideCell(seen, field, id, null)
        : null;
  }

  @Override
  public void collect(Bytes cellId, DotCell cell, TreeMap<Bytes, Value> fields) {
    fields.put(cellId, new Value.Elements(cell.values()));
  }

  @Override
  public Effect describe(Bytes cellId, DotCell cell) {
    Value values = cell.live().isEmpty() ? null : new Value.Elements(cell.values());
    String verb = values == null ? "remove" : "update set";
    return new Effect(verb, cellId, values, List.copyOf(cell.killed()));
  }
}
