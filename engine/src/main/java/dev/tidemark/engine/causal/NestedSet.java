package dev.tidemark.engine.causal;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.ComposedId;
import dev.tidemark.engine.lattice.Deltas;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A set in a field: a cell per field and element, its id both composed. */
final class NestedSet implements ObservedRemoveMap.Nested {
  @Override
  public String name() {
    return "or-set";
  }

  @Override
  public String operations() {
    return "add|remove ELEMENT, update FIELD delete";
  }

  @Override
  public boolean hasValues() {
    return false;
  }

  @Override
  public @Nullable KeyDelta prepare(Bytes field, Update update, KeyView seen, OperationId id) {
    if (update instanceof Update.Add add) {
      Bytes cell = new ComposedId(field, Arguments.element(add.element())).encode();
      return CausalLattice.overrideCell(seen, cell, id, Bytes.EMPTY);
    }
    if (update instanceof Update.Remove remove) {
      Bytes cell = new ComposedId(field, Arguments.element(remove.item())).encode();
      return CausalLattice.overrideCell(seen, cell, id, null);
    }
    return update instanceof Update.Delete
        ? CausalLattice.overrideAll(seen, ComposedId.prefix(field), id)
        : null;
  }

  @Override
  public Bytes field(Bytes prefix) {
    return ComposedId.decode(prefix).first();
  }

  @Override
  public void validateId(Bytes cellId) {
    ComposedId id = ComposedId.decode(cellId);
    Deltas.expectElement(id.first());
    Deltas.expectElement(id.second());
  }

  @Override
  public void validateKill(Bytes prefix) {
    ComposedId id = ComposedId.decode(prefix);
    Deltas.expectElement(id.first());
    if (id.second().length() != 0) {
      throw Deltas.malformed("delta overrides a part that its strategy does not have");
    }
  }

  @Override
  public void collect(Bytes cellId, DotCell cell, TreeMap<Bytes, Value> fields) {
    ComposedId id = ComposedId.decode(cellId);
    Value value =
        fields.computeIfAbsent(id.first(), field -> new Value.Elements(new ArrayList<>()));
    ((Value.Elements) value).elements().add(id.second());
  }

  @Override
  public Effect describe(Bytes cellId, DotCell cell) {
    ComposedId id = ComposedId.decode(cellId);
    String verb = cell.live().isEmpty() ? "update remove" : "update add";
    return new Effect(
        verb, id.first(), new Value.Elements(List.of(id.second())), List.copyOf(cell.killed()));
  }
}
