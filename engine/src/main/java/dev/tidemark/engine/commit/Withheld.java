package dev.tidemark.engine.commit;

/**
 * What is told of a delta to one who has no interest in its key: enough to verify the hash of the
 * commit that it is part of.
 *
 * @param length the bytes of the encoded delta
 * @param crc their CRC32C
 */
public record Withheld(int length, int crc) {}
