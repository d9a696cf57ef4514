package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.stability.Floor;
import java.security.MessageDigest;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Turns the records of a namespace, in order, into one leaf for each key. */
final class LeafWalk implements RecordWalk.Visitor {
  private final Lattice lattice;
  private final Floor floor;
  private final Predicate<KeyLeaf> visitor;
  private final MessageDigest sha = MerkleTree.sha256();
  private KeyLeaf.@Nullable Builder leaf;

  /**
   * A walk that begins at the first record of a key.
   *
   * @param visitor sees each key; false ends the walk
   */
  LeafWalk(Lattice lattice, Floor floor, Predicate<KeyLeaf> visitor) {
    this.lattice = lattice;
    this.floor = floor;
    this.visitor = visitor;
  }

  @Override
  public boolean visit(byte[] storageKey, byte[] value) {
    KeyLeaf.Builder current = leaf;
    if (current == null || !current.isOf(storageKey)) {
      if (!end()) {
        return false;
      }
      Bytes key = CellKey.decode(storageKey).key();
      current = new KeyLeaf.Builder(lattice, floor, key, sha);
      leaf = current;
    }
    current.record(storageKey, value);
    return true;
  }

  /** The last key has no more records. */
  boolean end() {
    KeyLeaf.Builder last = leaf;
    leaf = null;
    return last == null || visitor.test(last.end());
  }
}
