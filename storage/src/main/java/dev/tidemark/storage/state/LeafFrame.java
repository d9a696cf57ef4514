package dev.tidemark.storage.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/** What is hashed of a leaf: pieces with their lengths, so that no two rows of them are alike. */
final class LeafFrame {
  private final MessageDigest sha;
  private final ByteBuffer length =
      ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  LeafFrame(MessageDigest sha) {
    this.sha = sha;
    sha.reset();
    sha.update(MerkleTree.LEAF);
  }

  void add(byte[] bytes) {
    sha.update(length.clear().putInt(bytes.length).array());
    sha.update(bytes);
  }
}
