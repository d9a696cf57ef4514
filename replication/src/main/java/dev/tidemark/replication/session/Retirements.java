package dev.tidemark.replication.session;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.ReplicaId;
import java.util.Set;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retirements that a store hears of from peers and not from a log: the operation that says so may
 * lie behind what it waits for.
 */
public final class Retirements {
  private static final Logger LOG = LoggerFactory.getLogger(Retirements.class);

  private Retirements() {}

  /**
   * Retires who was retired elsewhere: never this store itself, nor one that it is connected to.
   *
   * @return whether any was not retired here
   */
  public static boolean follow(Tidemark store, Set<Long> retired, LongPredicate isConnected) {
    Set<Long> left = store.members().report().members();
    left.retainAll(retired);
    left.remove(store.replicaId());
    left.removeIf(isConnected::test);
    for (long replica : left) {
      LOG.warn("retired since a peer says that it was: replica={}", ReplicaId.format(replica));
      store.members().retire(replica);
    }
    return !left.isEmpty();
  }
}
