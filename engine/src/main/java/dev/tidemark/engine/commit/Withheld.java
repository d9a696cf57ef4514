package dev.tidemark.engine.commit;

/**
 * What is told of a delta to one who has no interest in its key: enough to verify the hash of the
 * commit that it is part of.
 *
 * @param length the bytes of the encoded delta
 * @param crc their CRC32C
 * @param isLost whether nobody has the delta any more: then who is interested in its key goes on
 *     without
 */
public record Withheld(int length, int crc, boolean isLost) {}
