package dev.tidemark.replication.repair;

import org.jspecify.annotations.Nullable;

/**
 * What comparisons with peers came to since the start. What is counted of keys should be zero.
 *
 * @param compared how many comparisons were finished
 * @param postponed how many were given up because the two stores had not joined the same
 * @param failed how many ended with an error
 * @param differences keys that meant something else at a peer, or were not what their digests said
 * @param fromLog of them, those that were made again of the own snapshot and log
 * @param fromPeer those that were taken from a peer
 * @param quarantined keys that the last comparison with some peer left as they are, since nothing
 *     tells which copy is right
 * @param lastFailure what the last error was; null if there was none
 */
public record RepairStatus(
    long compared,
    long postponed,
    long failed,
    long differences,
    long fromLog,
    long fromPeer,
    long quarantined,
    @Nullable String lastFailure) {}
