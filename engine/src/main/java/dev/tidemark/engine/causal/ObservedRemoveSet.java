package dev.tidemark.engine.causal;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
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

/**
 * {@code or-set}: a cell per element. An add overrides the adds of the element that it saw, a
 * remove likewise, so an element has one dot per concurrent add and none once removed; the root
 * stays empty.
 */
public final class ObservedRemoveSet extends CausalLattice {
  @Override
  public KeyDelta prepare(Update update, KeyView seen, OperationId id) {
    if (update instanceof Update.Add add) {
      return overrideCell(seen, Arguments.element(add.element()), id, Bytes.EMPTY);
    }
    if (update instanceof Update.Remove remove) {
      return overrideCell(seen, Arguments.element(remove.item()), id, null);
    }
    if (update instanceof Update.Delete) {
      return overrideAll(seen, Bytes.EMPTY, id);
    }
    throw Arguments.unsupported("or-set", update, "add, remove, delete");
  }

  @Override
  public Value value(KeyView state) {
    List<Bytes> elements = new ArrayList<>();
    state.cells(
        CellRange.ALL,
        (element, cell) -> {
          if (live(element, cell)) {
            elements.add(element);
          }
          return true;
        });
    return new Value.Elements(elements);
  }

  @Override
  Effect describe(Bytes element, DotCell cell) {
    String verb = cell.live().isEmpty() ? "remove" : "add";
    return new Effect(verb, element, null, List.copyOf(cell.killed()));
  }

  @Override
  void validateId(Bytes id) {
    Deltas.expectElement(id);
  }

  @Override
  boolean hasValues() {
    return false;
  }
}
