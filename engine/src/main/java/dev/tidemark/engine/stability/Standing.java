package dev.tidemark.engine.stability;

import dev.tidemark.engine.causality.VersionVector;

/**
 * How a member stands, for those who ask what holds the floor down.
 *
 * @param replica the member
 * @param isRetired whether it was retired, and waits for the others to have seen that
 * @param lastStamp the newest stamp that is known of it
 * @param horizon what it said to have seen everything up to; 0 if it has said nothing yet
 * @param seen what it is known to have seen
 * @param hasSeenMembership whether it is known to have seen every joining and retirement
 */
public record Standing(
    long replica,
    boolean isRetired,
    long lastStamp,
    long horizon,
    VersionVector seen,
    boolean hasSeenMembership) {}
