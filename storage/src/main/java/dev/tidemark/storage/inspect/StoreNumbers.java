package dev.tidemark.storage.inspect;

import dev.tidemark.engine.causality.VersionVector;

/**
 * The numbers of a store that is looked at from outside.
 *
 * @param storeId the store's id, in hexadecimal
 * @param replicaId whose operations it makes
 * @param createdMillis when it took that id, in milliseconds since 1970
 * @param clock the greatest stamp in its log and state
 * @param vector how many operations of each replica its log and state hold
 * @param firstPosition the oldest commit that the log holds
 * @param lastPosition the newest commit of the log
 * @param durableMark the newest commit known to survive power loss
 * @param segments log segments
 * @param logBytes their size in bytes
 * @param appliedPosition the newest commit that the state on disk holds
 * @param stateBytes the state's files, in bytes
 */
public record StoreNumbers(
    String storeId,
    long replicaId,
    long createdMillis,
    long clock,
    VersionVector vector,
    long firstPosition,
    long lastPosition,
    long durableMark,
    int segments,
    long logBytes,
    long appliedPosition,
    long stateBytes) {}
