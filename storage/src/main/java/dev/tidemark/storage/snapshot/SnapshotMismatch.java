package dev.tidemark.storage.snapshot;

/**
 * Something in a snapshot that is not as its manifest says.
 *
 * @param where the file, key or value
 * @param expected what should be there
 * @param actual what is there
 */
public record SnapshotMismatch(String where, String expected, String actual) {}
