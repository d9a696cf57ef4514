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
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code or-map}: fields with nested causal values under one context. A register or a flag is one
 * cell per field; a set is one cell per field and element. A field is there while something in it
 * is alive.
 */
public final class ObservedRemoveMap extends CausalLattice {
  private final Nested nested;

  private ObservedRemoveMap(Nested nested) {
    this.nested = nested;
  }

  /** {@code or-map:or-set}. */
  public static ObservedRemoveMap ofSets() {
    return new ObservedRemoveMap(new NestedSet());
  }

  /** {@code or-map:mv-register}. */
  public static ObservedRemoveMap ofRegisters() {
    return new ObservedRemoveMap(new NestedRegister());
  }

  /** {@code or-map:ew-flag}. */
  public static ObservedRemoveMap ofFlags() {
    return new ObservedRemoveMap(new NestedFlag());
  }

  @Override
  public KeyDelta prepare(Update update, KeyView seen, OperationId id) {
    KeyDelta delta = null;
    if (update instanceof Update.UpdateField field) {
      delta = nested.prepare(Arguments.element(field.field()), field.nested(), seen, id);
    } else if (update instanceof Update.Remove remove) {
      delta = nested.prepare(Arguments.element(remove.item()), new Update.Delete(), seen, id);
    } else if (update instanceof Update.Delete) {
      delta = overrideAll(seen, Bytes.EMPTY, id);
    }
    if (delta == null) {
      throw Arguments.unsupported(
          "or-map:" + nested.name(),
          update instanceof Update.UpdateField field ? field.nested() : update,
          "update FIELD " + nested.operations() + ", remove FIELD, delete");
    }
    return delta;
  }

  @Override
  public Value value(KeyView state) {
    TreeMap<Bytes, Value> fields = new TreeMap<>();
    state.cells(
        CellRange.ALL,
        (id, bytes) -> {
          DotCell cell = DotCell.decode(bytes);
          if (!cell.live().isEmpty()) {
            nested.collect(id, cell, fields);
          }
          return true;
        });
    return new Value.Fields(fields);
  }

  @Override
  Effect describe(Bytes id, DotCell cell) {
    return nested.describe(id, cell);
  }

  @Override
  Effect describeKill(Bytes prefix) {
    return prefix.length() == 0
        ? Effect.of("delete")
        : new Effect("remove", nested.field(prefix), null, List.of());
  }

  @Override
  void validateId(Bytes id) {
    nested.validateId(id);
  }

  @Override
  void validateKill(Bytes prefix) {
    if (prefix.length() != 0) {
      nested.validateKill(prefix);
    }
  }

  @Override
  boolean hasValues() {
    return nested.hasValues();
  }

  /** How a nested type lays its cells out under a field. */
  interface Nested {
    String name();

    String operations();

    boolean hasValues();

    /** The delta of an update of a field, or null if the nested type has no such update. */
    @Nullable KeyDelta prepare(Bytes field, Update update, KeyView seen, OperationId id);

    /** The field that a prefix of cells belongs to. */
    default Bytes field(Bytes prefix) {
      return prefix;
    }

    /** Refuses a cell id that no update makes. */
    default void validateId(Bytes cellId) {
      Deltas.expectElement(cellId);
    }

    /** Refuses the override of a part, if no update makes such a one. */
    default void validateKill(Bytes prefix) {
      throw Deltas.malformed("delta overrides a part that its strategy does not have");
    }

    /** Adds a cell that is alive to the value. */
    void collect(Bytes cellId, DotCell cell, TreeMap<Bytes, Value> fields);

    Effect describe(Bytes cellId, DotCell cell);
  }
}
