package dev.tidemark.replication;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.replication.repair.RepairStatus;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.wire.Reason;
import java.util.List;
import java.util.Map;

/**
 * A replicator now.
 *
 * @param sessions those that are open
 * @param ended how many sessions and calls ended, for which reason
 * @param repairs what comparisons with peers came to
 */
public record ReplicationStatus(
    List<SessionStatus> sessions, Map<Reason, Long> ended, RepairStatus repairs) {
  /**
   * One session.
   *
   * @param name what the peer is called; empty before the handshake
   * @param replicaId the peer's replica; 0 before the handshake
   * @param address the other end
   * @param dialled whether this end made the connection
   * @param outbound what is done towards the peer
   * @param inbound what is awaited from it
   * @param durable what survives a power loss at the peer, as far as it has told
   * @param received how many of its commits and runs were new here
   * @param states how many whole states it got
   */
  public record SessionStatus(
      String name,
      long replicaId,
      String address,
      boolean dialled,
      Session.Outbound outbound,
      Session.Inbound inbound,
      VersionVector durable,
      long received,
      long states) {}
}
