package dev.tidemark.engine.blob;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.Problem;
import java.util.HexFormat;

/**
 * What a delta holds in place of a large value: its length and the hash of the root of its {@link
 * ChunkTree}. Two values are equal if and only if these are.
 *
 * <pre>
 *   0        8          40
 *   +--------+----------+
 *   | length | root     |
 *   | u64    | 32 bytes |
 *   +--------+----------+
 * </pre>
 *
 * @param length in bytes, at most {@link #MAX_LENGTH}
 * @param root 32 bytes
 */
public record LargeValue(long length, Bytes root) {
  /** The longest, in bytes: 2 TiB. */
  public static final long MAX_LENGTH = 1L << 41;

  /** What {@link #encode} writes, in bytes. */
  public static final int ENCODED_BYTES = Long.BYTES + ChunkTree.HASH_BYTES;

  /** Checks the parts. */
  public LargeValue {
    if (!isLength(length) || root.length() != ChunkTree.HASH_BYTES) {
      throw Problem.of("not a large value")
          .with("length", length)
          .with("longest", MAX_LENGTH)
          .with("hash bytes", root.length())
          .illegalArgument();
    }
  }

  /** Whether a value may be of a length. */
  public static boolean isLength(long length) {
    return length >= 0 && length <= MAX_LENGTH;
  }

  /** The height of the root; 0 if the value is one chunk. */
  public int height() {
    return ChunkTree.height(length);
  }

  /** Writes it. */
  public void encode(ByteWriter out) {
    out.i64(length).raw(root.array());
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws dev.tidemark.error.MalformedException if the bytes end, or the length is out of range
   */
  public static LargeValue decode(ByteReader in) {
    long length = in.i64();
    if (!isLength(length)) {
      throw in.malformed("length of a large value is out of range");
    }
    return new LargeValue(length, Bytes.wrap(in.raw(ChunkTree.HASH_BYTES)));
  }

  @Override
  public String toString() {
    return length + " bytes, sha256 " + HexFormat.of().formatHex(root.array());
  }
}
