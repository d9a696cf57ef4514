package dev.tidemark.storage.inspect;

import dev.tidemark.engine.clock.HybridTimestamp;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;

/**
 * Prepares an update as a store would and throws the result away: what a store would refuse is
 * refused before the store is opened for writing, or created.
 */
public final class Rehearsal {
  private static final long SOME_REPLICA = 1;

  private Rehearsal() {}

  /**
   * Rehearses the first update of a key.
   *
   * @throws IllegalArgumentException if the key or an argument is out of range, or the strategy has
   *     no such operation
   */
  public static void ofNewKey(Schema schema, String key, Update update) {
    Namespace namespace = schema.of(Arguments.key(Bytes.utf8(key)));
    Lattice lattice = namespace.strategy().lattice();
    of(namespace, KeyState.bottomOf(lattice), SOME_REPLICA, update);
  }

  static void of(Namespace namespace, KeyView seen, long replica, Update update) {
    // Later than anything seen, as the real one will be.
    OperationId latest =
        new OperationId(replica, Long.MAX_VALUE - 1, HybridTimestamp.MAX_STAMP - 1);
    namespace.strategy().lattice().prepare(update, seen, latest);
  }
}
