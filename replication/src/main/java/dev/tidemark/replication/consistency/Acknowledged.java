package dev.tidemark.replication.consistency;

/**
 * An update that has reached its level.
 *
 * @param position its log position here
 * @param progress where it survives a power loss; with {@link Level#LOCAL}, where it is
 */
public record Acknowledged(long position, Progress progress) {}
