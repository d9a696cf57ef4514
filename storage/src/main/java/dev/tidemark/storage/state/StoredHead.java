package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;

/**
 * The value of a head record: the head, and what its cells must add up to.
 *
 * <pre>
 *   digest       u64 LE    sum of {@link CellDigest} over the head and every cell
 *   live cells   varint    cells that a reader sees
 *   head         bytes     up to the end
 * </pre>
 *
 * @param digest what head and cells add up to
 * @param liveCells how many cells count as an element, field or event
 * @param head the head as the strategy wrote it
 */
record StoredHead(long digest, long liveCells, byte[] head) {
  private static final int MAX_PREAMBLE_BYTES = Long.BYTES + 10;

  byte[] encode() {
    return new ByteWriter(MAX_PREAMBLE_BYTES + head.length)
        .i64(digest)
        .varint(liveCells)
        .raw(head)
        .toByteArray();
  }

  static StoredHead decode(byte[] bytes) {
    return decode(bytes, bytes.length);
  }

  /** Reads the first bytes of an array. */
  static StoredHead decode(byte[] array, int length) {
    ByteReader in = new ByteReader(array, 0, length);
    long digest = in.i64();
    long liveCells = in.varint();
    if (liveCells < 0) {
      throw in.malformed("live cell count is out of range");
    }
    return new StoredHead(digest, liveCells, in.rest());
  }
}
