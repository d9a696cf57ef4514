package dev.tidemark.engine.set;

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
import org.jspecify.annotations.Nullable;

/** {@code g-set}: an empty cell per element, no head. Prepared without a read. */
public final class GrowOnlySet implements Lattice {
  private static final byte[] NOTHING = new byte[0];
  private static final HeadJoin UNION = new Union();

  @Override
  public KeyDelta prepare(Update update, KeyView seen, OperationId id) {
    if (update instanceof Update.Add add) {
      return KeyDelta.of(NOTHING, Arguments.element(add.element()), NOTHING);
    }
    throw Arguments.unsupported("g-set", update, "add alone: it only grows");
  }

  @Override
  public HeadJoin join(byte[] left, byte[] right) {
    return UNION;
  }

  @Override
  public Value value(KeyView state) {
    List<Bytes> elements = new ArrayList<>();
    state.cells(CellRange.ALL, (element, cell) -> elements.add(element));
    return new Value.Elements(elements);
  }

  @Override
  public boolean live(Bytes id, byte[] cell) {
    return true;
  }

  @Override
  public List<Effect> effects(KeyDelta delta) {
    return delta.cells().keySet().stream()
        .map(element -> new Effect("add", element, null, List.of()))
        .toList();
  }

  @Override
  public List<Trace> traces(KeyDelta element) {
    return element.cells().keySet().stream().<Trace>map(ElementTrace::new).toList();
  }

  @Override
  public List<Remains> remains(KeyView state) {
    return List.of();
  }

  @Override
  public void validate(KeyDelta delta) {
    Deltas.expectNoHead(delta);
    delta
        .cells()
        .forEach(
            (element, cell) -> {
              Deltas.expectElement(element);
              Deltas.expectCanonical(cell, NOTHING);
            });
  }

  @Override
  public void expectMadeBy(KeyDelta delta, OperationId id) {
    // An element bears no mark of the operation that added it.
  }

  private static final class Union implements HeadJoin {
    @Override
    public byte[] head() {
      return NOTHING;
    }

    @Override
    public List<CellRange> reach() {
      return List.of();
    }

    @Override
    public byte @Nullable [] cell(Bytes id, byte @Nullable [] left, byte @Nullable [] right) {
      return left != null ? left : right;
    }
  }
}
