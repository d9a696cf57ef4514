package dev.tidemark.engine.simulation;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.laws.Meaning;
import dev.tidemark.engine.laws.Op;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Schema;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The model that never forgets: every operation ever made, and what those before its maker were.
 */
final class Oracle {
  private final Schema schema;
  private final List<Op> ops = new ArrayList<>();
  private final List<Bytes> keys = new ArrayList<>();

  Oracle(Schema schema) {
    this.schema = schema;
  }

  int size() {
    return ops.size();
  }

  /** Takes an update down; gives its index. */
  int note(
      OperationId id, Bytes key, Update update, @Nullable KeyDelta delta, BitSet seenByItsMaker) {
    BitSet visible = (BitSet) seenByItsMaker.clone();
    ops.add(new Op(ops.size(), id, update, delta, visible));
    keys.add(key);
    return ops.size() - 1;
  }

  Update update(int index) {
    return ops.get(index).update();
  }

  Bytes key(int index) {
    return keys.get(index);
  }

  long origin(int index) {
    return ops.get(index).id().replica();
  }

  long newestStamp(BitSet seen) {
    return seen.stream().mapToLong(index -> ops.get(index).id().stamp()).max().orElse(0);
  }

  /** What a key means to whoever has seen these operations. */
  Value value(Bytes key, BitSet seen) {
    List<Op> onKey = new ArrayList<>();
    seen.stream().filter(index -> keys.get(index).equals(key)).forEach(i -> onKey.add(ops.get(i)));
    return Meaning.of(schema.of(key).strategy(), onKey);
  }
}
