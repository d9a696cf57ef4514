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

/** {@code ew-flag}: true while the root holds an enable that no disable has seen. */
public final class EnableWinsFlag extends RootLattice {
  @Override
  public KeyDelta prepare(Update update, KeyView seen, OperationId id) {
    if (update instanceof Update.Enable) {
      return overrideRoot(seen, id, Bytes.EMPTY);
    }
    if (update instanceof Update.Disable || update instanceof Update.Delete) {
      return overrideRoot(seen, id, null);
    }
    throw Arguments.unsupported("ew-flag", update, "enable, disable, delete");
  }

  @Override
  public Value value(KeyView state) {
    return new Value.Flag(present(state));
  }

  @Override
  Effect describe(Bytes id, DotCell cell) {
    String verb = cell.live().isEmpty() ? "disable" : "enable";
    return new Effect(verb, null, null, List.copyOf(cell.killed()));
  }

  @Override
  boolean hasValues() {
    return false;
  }
}
