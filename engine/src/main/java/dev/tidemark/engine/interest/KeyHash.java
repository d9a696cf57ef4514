package dev.tidemark.engine.interest;

import dev.tidemark.engine.codec.Bytes;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Where a key lies on the ring of hashes: the first eight bytes of its SHA-256, big-endian, as an
 * unsigned number. The same for ever: stores divide their keys by it.
 */
public final class KeyHash {
  private KeyHash() {}

  /** The hash of a key. */
  public static long of(Bytes key) {
    return of(key.array(), 0, key.length());
  }

  /** The hash of a key that is part of an array. */
  public static long of(byte[] array, int offset, int length) {
    MessageDigest sha = sha256();
    sha.update(array, offset, length);
    return ByteBuffer.wrap(sha.digest()).getLong();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
