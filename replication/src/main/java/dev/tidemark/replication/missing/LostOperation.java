package dev.tidemark.replication.missing;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.codec.Bytes;

/**
 * An operation that nobody has any more, and that counts as seen.
 *
 * @param dot whose, and its sequence
 * @param key the key that it was on
 */
public record LostOperation(Dot dot, Bytes key) {}
