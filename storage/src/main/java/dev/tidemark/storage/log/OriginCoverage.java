package dev.tidemark.storage.log;

import dev.tidemark.engine.causality.VersionVector;

/**
 * What a segment holds of one origin: its operations in the interval (before, after].
 *
 * @param origin the replica
 * @param before the sequence before the first operation
 * @param after the sequence of the last operation
 * @param lastStamp the stamp of the last operation
 * @param summary the joined causal summaries of the commits
 * @param chainBefore the origin's chain hash before the first commit
 * @param chainAfter the origin's chain hash after the last commit
 */
public record OriginCoverage(
    long origin,
    long before,
    long after,
    long lastStamp,
    VersionVector summary,
    long chainBefore,
    long chainAfter) {}
