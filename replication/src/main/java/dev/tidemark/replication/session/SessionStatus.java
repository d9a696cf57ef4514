package dev.tidemark.replication.session;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.interest.Interest;

/**
 * A session now.
 *
 * @param name what the peer is called; empty before the handshake
 * @param replicaId the peer's replica; 0 before the handshake
 * @param address the other end
 * @param dialled whether this end made the connection
 * @param outbound what is done towards the peer
 * @param inbound what is awaited from it
 * @param durable what survives a power loss at the peer, as far as it has told
 * @param lagOperations how many operations are here that do not survive at the peer
 * @param lagMillis for how long there have been some; accurate to 50 ms
 * @param behindOperations how many operations the peer has seen that are not here
 * @param clockAheadMillis by how much the peer's wall clock is ahead, and the way its word took
 * @param sentBytes of frames to the peer
 * @param receivedBytes of frames from it
 * @param received how many of its commits and runs were new here
 * @param states how many whole states it got
 * @param interest the keys that it holds
 * @param lacking whether it has to have from elsewhere what this store does not hold, before it
 *     gets more from here
 */
public record SessionStatus(
    String name,
    long replicaId,
    String address,
    boolean dialled,
    Session.Outbound outbound,
    Session.Inbound inbound,
    VersionVector durable,
    long lagOperations,
    long lagMillis,
    long behindOperations,
    long clockAheadMillis,
    long sentBytes,
    long receivedBytes,
    long received,
    long states,
    Interest interest,
    boolean lacking) {}
