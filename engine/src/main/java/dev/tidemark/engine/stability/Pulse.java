package dev.tidemark.engine.stability;

/**
 * A member's newest heartbeat. It is an operation like any other, so it acknowledges what its maker
 * had seen, and its stamp, which is logged before it is sent, promises that all to come is later.
 *
 * @param horizon all that any member stamped or will stamp at or before it, its maker has seen
 * @param newest the newest stamp of an operation that is no heartbeat that its maker had seen
 * @param sequence the heartbeat's own sequence
 */
public record Pulse(long horizon, long newest, long sequence) {}
