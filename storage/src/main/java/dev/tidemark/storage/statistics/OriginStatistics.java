package dev.tidemark.storage.statistics;

import dev.tidemark.engine.causality.VersionVector;

/**
 * How far a replica is, as far as a store can know.
 *
 * @param replica whose operations
 * @param sequence how many of them the store holds
 * @param lastStamp the hybrid time of the newest
 * @param known what the replica had seen when it made that, itself included
 * @param behind how many operations the store holds that the replica is not known to have seen
 */
public record OriginStatistics(
    long replica, long sequence, long lastStamp, VersionVector known, long behind) {}
