package dev.tidemark.storage.state;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A Merkle tree over a row of leaves, built in one pass with one hash per level in memory; its
 * shape is that of RFC 6962. What a hash is of is its first byte, so that no leaf can pass for a
 * node.
 */
final class MerkleTree {
  /** Bytes of a hash. */
  static final int HASH_BYTES = 32;

  /** The first byte that is hashed of a leaf. */
  static final byte LEAF = 0x00;

  /** The first byte that is hashed of a node: the hashes of its two halves follow. */
  static final byte NODE = 0x01;

  /** The first byte that is hashed of the root over several trees. */
  static final byte FOREST = 0x02;

  private final MessageDigest sha = sha256();

  /** Roots of whole trees, each larger than the next: one per bit that is set in the count. */
  private final Deque<byte[]> whole = new ArrayDeque<>();

  private long leaves;

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Adds the hash of the next leaf. */
  void add(byte[] leaf) {
    byte[] hash = leaf;
    for (long count = leaves; (count & 1) == 1; count >>>= 1) {
      hash = node(whole.pop(), hash);
    }
    whole.push(hash);
    leaves++;
  }

  /** How many leaves it has. */
  long leaves() {
    return leaves;
  }

  /** The hash of all of it; without a leaf that of no bytes. Nothing is added afterwards. */
  byte[] root() {
    if (whole.isEmpty()) {
      return sha.digest();
    }
    byte[] hash = whole.pop();
    while (!whole.isEmpty()) {
      hash = node(whole.pop(), hash);
    }
    return hash;
  }

  /** The root of two neighbours that have the same number of leaves, which is a power of two. */
  static byte[] joined(byte[] left, byte[] right) {
    return new MerkleTree().node(left, right);
  }

  private byte[] node(byte[] left, byte[] right) {
    sha.update(NODE);
    sha.update(left);
    return sha.digest(right);
  }
}
