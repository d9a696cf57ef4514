package dev.tidemark.engine.counter;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.Deltas;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.lattice.Remains;
import dev.tidemark.engine.lattice.Trace;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code or-map:pn-counter}: a {@link CounterState} per field, no head. A field is there while it
 * has an increment or decrement that no remove has seen.
 */
public final class CounterMap implements Lattice {
  private static final byte[] NO_HEAD = new byte[0];
  private static final HeadJoin FIELD_BY_FIELD = new FieldJoin();

  @Override
  public KeyDelta prepare(Update update, KeyView seen, OperationId id) {
    if (update instanceof Update.UpdateField field) {
      return ofField(field.field(), field.nested(), update, seen, id);
    }
    if (update instanceof Update.Remove remove) {
      return ofField(remove.item(), new Update.Delete(), update, seen, id);
    }
    if (update instanceof Update.Delete) {
      return deleteAll(seen);
    }
    throw unsupported(update);
  }

  private static KeyDelta ofField(
      Bytes field, Update nested, Update whole, KeyView seen, OperationId id) {
    byte[] cell = seen.cell(Arguments.element(field));
    byte[] delta =
        CounterUpdates.prepare(nested, cell == null ? NO_HEAD : cell, id.replica(), true);
    if (delta == null) {
      throw unsupported(whole);
    }
    return delta.length == 0 ? KeyDelta.ofHead(NO_HEAD) : KeyDelta.of(NO_HEAD, field, delta);
  }

  private static KeyDelta deleteAll(KeyView seen) {
    TreeMap<Bytes, byte[]> resets = new TreeMap<>();
    seen.cells(
        CellRange.ALL,
        (field, cell) -> {
          byte[] reset = CounterState.decode(cell, true).reset();
          if (reset.length != 0) {
            resets.put(field, reset);
          }
          return true;
        });
    return new KeyDelta(NO_HEAD, resets);
  }

  private static IllegalArgumentException unsupported(Update update) {
    return Arguments.unsupported(
        "or-map:pn-counter",
        update,
        "update FIELD increment|decrement|delete, remove FIELD, delete");
  }

  @Override
  public HeadJoin join(byte[] left, byte[] right) {
    return FIELD_BY_FIELD;
  }

  @Override
  public Value value(KeyView state) {
    TreeMap<Bytes, Value> fields = new TreeMap<>();
    state.cells(
        CellRange.ALL,
        (field, cell) -> {
          CounterState counter = CounterState.decode(cell, true);
          if (counter.isUnobserved()) {
            fields.put(field, new Value.Counter(counter.sum()));
          }
          return true;
        });
    return new Value.Fields(fields);
  }

  @Override
  public boolean live(Bytes id, byte[] cell) {
    return CounterState.decode(cell, true).isUnobserved();
  }

  @Override
  public List<Effect> effects(KeyDelta delta) {
    List<Effect> effects = new ArrayList<>();
    delta
        .cells()
        .forEach((field, cell) -> effects.addAll(CounterUpdates.effects(field, cell, true)));
    return effects;
  }

  @Override
  public List<Trace> traces(KeyDelta element) {
    List<Trace> traces = new ArrayList<>();
    element.cells().forEach((field, cell) -> traces.addAll(CounterTraces.of(field, cell, true)));
    return traces;
  }

  @Override
  public List<Remains> remains(KeyView state) {
    long[] sum = new long[2];
    state.cells(
        CellRange.ALL,
        (field, cell) -> {
          if (CounterState.decode(cell, true).hasBaseline()) {
            sum[0]++;
            sum[1] += field.length() + cell.length;
          }
          return true;
        });
    return CounterTraces.remains(sum[0], sum[1]);
  }

  @Override
  public void validate(KeyDelta delta) {
    Deltas.expectNoHead(delta);
    delta
        .cells()
        .forEach(
            (field, cell) -> {
              Deltas.expectElement(field);
              if (cell.length == 0) {
                throw Deltas.malformed("delta names a field and says nothing of it");
              }
              CounterState.decode(cell, true);
            });
  }

  @Override
  public void expectMadeBy(KeyDelta delta, OperationId id) {
    delta
        .cells()
        .values()
        .forEach(cell -> CounterState.decode(cell, true).expectMadeBy(id.replica()));
  }

  private static final class FieldJoin implements HeadJoin {
    @Override
    public byte[] head() {
      return NO_HEAD;
    }

    @Override
    public List<CellRange> reach() {
      return List.of();
    }

    @Override
    public byte @Nullable [] cell(Bytes id, byte @Nullable [] left, byte @Nullable [] right) {
      if (left == null || right == null) {
        return left == null ? right : left;
      }
      return CounterState.join(left, right, true);
    }
  }
}
