package dev.tidemark.engine.lattice;

import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;

/** A key at one replica, for tests that say who does what when. */
public final class TestKey {
  private final Lattice lattice;
  private final KeyState state;

  public TestKey(Strategy strategy) {
    this.lattice = strategy.lattice();
    this.state = KeyState.bottomOf(lattice);
  }

  /** The delta of an update here; it is not joined. */
  public KeyDelta prepare(Update update, long replica, long sequence, long stamp) {
    return lattice.prepare(update, state, new OperationId(replica, sequence, stamp));
  }

  /** An update here, joined, and its delta. */
  public KeyDelta update(Update update, long replica, long sequence, long stamp) {
    KeyDelta delta = prepare(update, replica, sequence, stamp);
    join(delta);
    return delta;
  }

  public TestKey join(KeyDelta delta) {
    Join.into(state, lattice, delta);
    return this;
  }

  public KeyDelta state() {
    return state.copy();
  }

  public Value value() {
    return lattice.value(state);
  }

  public boolean present() {
    return lattice.present(state);
  }
}
