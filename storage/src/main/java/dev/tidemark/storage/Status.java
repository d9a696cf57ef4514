package dev.tidemark.storage;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.membership.MembershipReport;
import org.jspecify.annotations.Nullable;

/**
 * A store's numbers at one moment.
 *
 * @param storeId the store's id, in hexadecimal
 * @param replicaId whose operations it makes
 * @param schema prefixes and strategies
 * @param interest the keys that it holds
 * @param wanted the keys that it is to hold: more where peers have still to give them
 * @param vector what it has seen of each replica
 * @param clock the greatest stamp given or observed
 * @param firstPosition the oldest commit that the log holds
 * @param appendedPosition the newest commit of the log
 * @param syncedPosition the newest commit that survives power loss
 * @param appliedPosition the newest commit that is folded into the state
 * @param flushedPosition the newest commit that the state holds on disk
 * @param segments log segments, the one being written included
 * @param logBytes their size in bytes
 * @param stateBytes the state's files, in bytes
 * @param overlayBytes the estimated heap of what is not folded yet, in bytes
 * @param nativeBytes RocksDB's cache and write buffers now, in bytes
 * @param nativeHandles what of RocksDB is lent out now: scans that are not closed, reads and folds
 *     that are running. One that only grows is a scan that nobody closes
 * @param snapshotPosition the position of the newest snapshot; 0 if there is none
 * @param members who belongs to its cluster, what may be forgotten, and who holds it up
 * @param stewardProblem why the other members could not be told what this store has seen, or null
 * @param trimProblem why the log could not be cut when that was last due, or null if it could
 */
public record Status(
    String storeId,
    long replicaId,
    Schema schema,
    Interest interest,
    Interest wanted,
    VersionVector vector,
    long clock,
    long firstPosition,
    long appendedPosition,
    long syncedPosition,
    long appliedPosition,
    long flushedPosition,
    int segments,
    long logBytes,
    long stateBytes,
    long overlayBytes,
    long nativeBytes,
    int nativeHandles,
    long snapshotPosition,
    MembershipReport members,
    @Nullable String stewardProblem,
    @Nullable String trimProblem) {}
