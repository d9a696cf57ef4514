package dev.tidemark.engine.blob;

import dev.tidemark.engine.codec.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The shape of a large value: chunks of 1 MiB, and above them chunks that list hashes, until one is
 * left. The length alone decides the shape, so a tree that is not of this shape is not of that
 * length.
 *
 * <pre>
 *   height 2                     [ hash ... hash ]              at most 64 hashes; the root
 *                               /                 \
 *   height 1      [ hash ............ hash ]   [ hash ... ]     2^15 hashes each but the last
 *                  /                    \          |
 *   height 0     data        ...       data       data          1 MiB each but the last
 * </pre>
 *
 * A value of at most 1 MiB is its one data chunk, one of at most 32 GiB has one chunk of hashes.
 *
 * <p>The hash of a chunk is the SHA-256 of one byte, its height, and then its content: no data can
 * be made to pass for a list of hashes, nor a list of one height for one of another.
 */
public final class ChunkTree {
  /** The content of a chunk, in bytes; of the last one of a height what is left. */
  public static final int CHUNK_BYTES = 1 << 20;

  /** A hash, in bytes. */
  public static final int HASH_BYTES = 32;

  /** The hashes that a chunk lists. */
  public static final int FANOUT = CHUNK_BYTES / HASH_BYTES;

  /** The greatest height of a root. */
  public static final int MAX_HEIGHT = 2;

  private ChunkTree() {}

  /** How many chunks of a height a value of a length has; 1 of the root's, and above it. */
  public static long chunks(long length, int height) {
    long chunks = Math.max(1, ceilDivide(length, CHUNK_BYTES));
    for (int i = 0; i < height; i++) {
      chunks = ceilDivide(chunks, FANOUT);
    }
    return chunks;
  }

  /** The height of the root: 0 if the value is one chunk. */
  public static int height(long length) {
    int height = 0;
    while (chunks(length, height) > 1) {
      height++;
    }
    return height;
  }

  /**
   * The content of one chunk, in bytes.
   *
   * @param length the whole value's
   * @param index its number among those of its height, from 0
   */
  public static int contentBytes(long length, int height, long index) {
    long all = height == 0 ? length : chunks(length, height - 1) * HASH_BYTES;
    return (int) Math.min(CHUNK_BYTES, all - index * CHUNK_BYTES);
  }

  /** The hash of a chunk of a height. */
  public static Bytes hash(int height, byte[] content, int offset, int length) {
    MessageDigest sha = sha256();
    sha.update((byte) height);
    sha.update(content, offset, length);
    return Bytes.wrap(sha.digest());
  }

  private static long ceilDivide(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
