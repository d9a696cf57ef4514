package dev.tidemark.engine.counter;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Deltas;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.lattice.Remains;
import dev.tidemark.engine.lattice.SingleHeadJoin;
import dev.tidemark.engine.lattice.Trace;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import java.util.List;

/** {@code g-counter} and {@code pn-counter}: the head is a {@link CounterState}. */
public final class Counter implements Lattice {
  private final boolean goesDown;

  /** A counter that goes up, or up and down. */
  public Counter(boolean goesDown) {
    this.goesDown = goesDown;
  }

  @Override
  public KeyDelta prepare(Update update, KeyView seen, OperationId id) {
    byte[] delta = CounterUpdates.prepare(update, seen.head(), id.replica(), goesDown);
    if (delta == null) {
      throw goesDown
          ? Arguments.unsupported("pn-counter", update, "increment, decrement, delete")
          : Arguments.unsupported("g-counter", update, "increment, delete");
    }
    return KeyDelta.ofHead(delta);
  }

  @Override
  public HeadJoin join(byte[] left, byte[] right) {
    return new SingleHeadJoin(CounterState.join(left, right, goesDown));
  }

  @Override
  public boolean isAllHead() {
    return true;
  }

  @Override
  public Value value(KeyView state) {
    return new Value.Counter(CounterState.decode(state.head(), goesDown).sum());
  }

  @Override
  public boolean present(KeyView state) {
    return CounterState.decode(state.head(), goesDown).isUnobserved();
  }

  @Override
  public boolean live(Bytes id, byte[] cell) {
    return false;
  }

  @Override
  public List<Effect> effects(KeyDelta delta) {
    return CounterUpdates.effects(null, delta.head(), goesDown);
  }

  @Override
  public List<Trace> traces(KeyDelta element) {
    return CounterTraces.of(null, element.head(), goesDown);
  }

  @Override
  public List<Remains> remains(KeyView state) {
    byte[] head = state.head();
    boolean reset = CounterState.decode(head, goesDown).hasBaseline();
    return CounterTraces.remains(reset ? 1 : 0, head.length);
  }

  @Override
  public void validate(KeyDelta delta) {
    Deltas.expectNoCells(delta);
    CounterState.decode(delta.head(), goesDown);
  }

  @Override
  public void expectMadeBy(KeyDelta delta, OperationId id) {
    CounterState.decode(delta.head(), goesDown).expectMadeBy(id.replica());
  }
}
