package dev.tidemark.storage;

/**
 * What a truncation left of the log.
 *
 * @param snapshotPosition the position of the snapshot that stands for what is gone
 * @param firstPosition the position that the log begins with now
 * @param heldPosition the lowest position that somebody still needs, if it kept the log from being
 *     cut at the snapshot; else 0
 */
public record Truncation(long snapshotPosition, long firstPosition, long heldPosition) {}
