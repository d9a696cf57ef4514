package dev.tidemark.engine.causal;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A flag in a field: one cell, its id the field, alive while the flag is true. */
final class NestedFlag implements ObservedRemoveMap.Nested {
  @Override
  public String name() {
    return "ew-flag";
  }

  @Override
  public String operations() {
    return "enable|disable|delete";
  }

  @Override
  public boolean hasValues() {
    return false;
  }

  @Override
  public @Nullable KeyDelta prepare(Bytes field, Update update, KeyView seen, OperationId id) {
    if (update instanceof Update.Enable) {
      return CausalLattice.overrideCell(seen, field, id, Bytes.EMPTY);
    }
    return update instanceof Update.Disable || update instanceof Update.Delete
        ? CausalLattice.overrideCell(seen, field, id, null)
        : null;
  }

  @Override
  public void collect(Bytes cellId, DotCell cell, TreeMap<Bytes, Value> fields) {
    fields.put(cellId, new Value.Flag(true));
  }

  @Override
  public Effect describe(Bytes cellId, DotCell cell) {
    String verb = cell.live().isEmpty() ? "update disable" : "update enable";
    return new Effect(verb, cellId, null, List.copyOf(cell.killed()));
  }
}
