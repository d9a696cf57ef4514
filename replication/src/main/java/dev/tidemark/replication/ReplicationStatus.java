package dev.tidemark.replication;

import dev.tidemark.replication.gossip.MemberTable;
import dev.tidemark.replication.repair.RepairStatus;
import dev.tidemark.replication.session.SessionStatus;
import dev.tidemark.replication.wire.Reason;
import java.util.List;
import java.util.Map;

/**
 * A replicator now.
 *
 * @param sessions those that are open
 * @param ended how many sessions and calls ended, for which reason
 * @param valuesWaiting large values that are known to lack chunks
 * @param chunkBytes fetched of large values, as they are stored
 * @param chunksRefused how many chunks were given that are not what was asked for
 * @param statesTaken how many whole states of peers were taken
 * @param operationsLost how many operations this store went on without, since their maker was
 *     retired and nobody has them
 * @param repairs what comparisons with peers came to
 * @param members the other members, as they tell each other: connected or not
 * @param troubles why those are not connected that this replicator is given to dial
 */
public record ReplicationStatus(
    List<SessionStatus> sessions,
    Map<Reason, Long> ended,
    int valuesWaiting,
    long chunkBytes,
    long chunksRefused,
    long statesTaken,
    long operationsLost,
    RepairStatus repairs,
    List<MemberTable.Sight> members,
    List<PeerTrouble> troubles) {}
