package dev.tidemark.storage.antientropy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.storage.state.KeyLeaf;

/**
 * What one store says of a key.
 *
 * @param key which
 * @param hash what it means there: see {@link KeyLeaf}
 * @param isSound whether it is what its own digest says
 */
public record KeyMark(Bytes key, Bytes hash, boolean isSound) {
  /** The mark of a leaf. */
  static KeyMark of(KeyLeaf leaf) {
    return new KeyMark(leaf.key(), leaf.hash(), leaf.isSound());
  }
}
