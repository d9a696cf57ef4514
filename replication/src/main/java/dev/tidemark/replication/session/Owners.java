package dev.tidemark.replication.session;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Whose each replica id is: of the first certified name that spoke under it, for as long as this
 * replicator runs. Without certificates nobody's. Thread-safe.
 */
final class Owners {
  /**
   * Ids of one name that are kept; the oldest goes first. So whoever claims many lets go of its own
   * and of nobody else's.
   */
  static final int MOST_OF_NAME = 64;

  private final Map<Long, String> owners = new LinkedHashMap<>();

  /**
   * Refuses a peer under another's replica id.
   *
   * @param certified the names in its certificate, one of them its own; empty without one
   */
  synchronized void require(Peer peer, Set<String> certified) {
    if (certified.isEmpty()) {
      return;
    }
    String owner = owners.get(peer.replicaId());
    if (owner == null) {
      owners.put(peer.replicaId(), peer.name());
      trim(peer.name());
    } else if (!certified.contains(owner)) {
      throw new SessionEndedException(
          Reason.WRONG_NAME,
          Problem.of("replica id is another member's")
              .with("replica", ReplicaId.format(peer.replicaId()))
              .with("name", peer.name())
              .with("owner", owner)
              .advise(
                  "give one of the two stores a new replica id; if a member was renamed, let its"
                      + " certificate carry both names, or start this end again"));
    }
  }

  private void trim(String name) {
    if (owners.values().stream().filter(name::equals).count() > MOST_OF_NAME) {
      owners.values().remove(name);
    }
  }
}
