package dev.tidemark.replication.session;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.handover.ReplicaNames;
import java.util.Set;

/**
 * Whose each replica id is: of the first certified name that spoke under it. Without certificates
 * nobody's. Thread-safe.
 */
final class Owners {
  private final ReplicaNames names;

  Owners(ReplicaNames names) {
    this.names = names;
  }

  /**
   * Refuses a peer under another's replica id.
   *
   * @param certified the names in its certificate, one of them its own; empty without one
   */
  void require(Peer peer, Set<String> certified) {
    if (certified.isEmpty()) {
      return;
    }
    String owner = names.first(peer.replicaId(), peer.name());
    if (!certified.contains(owner)) {
      throw new SessionEndedException(
          Reason.WRONG_NAME,
          Problem.of("replica id is another member's")
              .with("replica", ReplicaId.format(peer.replicaId()))
              .with("name", peer.name())
              .with("owner", owner)
              .advise(
                  "give one of the two stores a new replica id; if a member was renamed, let its"
                      + " certificate carry both names, or remove NAMES from this end's directory"
                      + " while it is closed"));
    }
  }
}
