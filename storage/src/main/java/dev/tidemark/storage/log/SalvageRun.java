package dev.tidemark.storage.log;

import java.nio.file.Path;

/**
 * Whole entries of one file whose positions follow each other.
 *
 * @param file the data file
 * @param start where the first entry begins
 * @param firstPosition its position
 * @param lastPosition the position of the last
 * @param bytes the bytes of all of them
 */
record SalvageRun(Path file, long start, long firstPosition, long lastPosition, long bytes) {}
