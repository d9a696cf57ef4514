package dev.tidemark.storage.blob;

/**
 * What was copied of a large value.
 *
 * @param chunks how many; the others were there
 * @param bytes as they are stored
 */
public record Fetched(long chunks, long bytes) {}
