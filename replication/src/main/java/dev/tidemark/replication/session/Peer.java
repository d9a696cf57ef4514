package dev.tidemark.replication.session;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.storage.handover.LogId;

/**
 * Who the other end says it is.
 *
 * @param name what it is called
 * @param storeId its store, in hexadecimal
 * @param replicaId whose operations it makes
 * @param instance its start
 * @param vector what it had seen at the handshake
 * @param interest the keys that it holds
 * @param onDemand whether it only takes, and only when it asks
 * @param isAbleToWiden whether it answers one who is to hold more keys
 */
public record Peer(
    String name,
    String storeId,
    long replicaId,
    long instance,
    VersionVector vector,
    Interest interest,
    boolean onDemand,
    boolean isAbleToWiden) {
  /** The log that its positions are of. */
  LogId log() {
    return new LogId(storeId, replicaId);
  }
}
