package dev.tidemark.storage.handover;

/**
 * A log that positions are of: a store that gets another replica id begins another.
 *
 * @param storeId the store, in hexadecimal
 * @param replicaId whose operations it makes
 */
public record LogId(String storeId, long replicaId) {}
