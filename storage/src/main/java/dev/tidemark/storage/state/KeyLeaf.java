package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.MalformedException;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a key means under a floor, as one hash: see {@link StateRoots}. States that have joined the
 * same have the same, whatever of what lies below the floor they have reached yet.
 *
 * @param key which key
 * @param hash the leaf
 * @param isForgotten whether nothing is left of it under the floor: then it counts as absent
 * @param isSound whether head and cells are what the key's own digest and count say
 * @param malformed what of it makes no sense to its strategy, or null; it is not sound then
 */
public record KeyLeaf(
    Bytes key,
    Bytes hash,
    boolean isForgotten,
    boolean isSound,
    @Nullable MalformedException malformed) {
  /**
   * The leaf of a key that is held in memory, or null if nothing is left of it.
   *
   * @param whole a state as it counts, with what is below its floor in its head
   */
  public static @Nullable KeyLeaf of(Lattice lattice, Bytes key, KeyView whole, Floor floor) {
    byte[] head = lattice.lower(whole.head(), floor);
    Builder leaf = new Builder(lattice, floor, key, MerkleTree.sha256());
    leaf.begin(head);
    whole.cells(
        CellRange.ALL,
        (id, cell) -> {
          leaf.cell(id, cell);
          return true;
        });
    boolean isNothing = leaf.isEmpty() && Arrays.equals(head, lattice.bottom());
    KeyLeaf built = leaf.end();
    return isNothing || built.isForgotten() ? null : built;
  }

  /** Sees the records of one key in order. */
  static final class Builder {
    private final Lattice lattice;
    private final Floor floor;
    private final Bytes key;
    private final byte[] stem;
    private final MessageDigest sha;
    private final LeafFrame frame;
    private byte @Nullable [] unframed;
    private @Nullable StoredHead stored;
    private boolean hasHead;
    private boolean hasCells;
    private long digest;
    private long liveCells;
    private @Nullable MalformedException malformed;

    Builder(Lattice lattice, Floor floor, Bytes key, MessageDigest sha) {
      this.lattice = lattice;
      this.floor = floor;
      this.key = key;
      this.stem = CellKey.stem(key);
      this.sha = sha;
      this.frame = new LeafFrame(sha);
    }

    boolean isOf(byte[] storageKey) {
      return CellKey.hasStem(storageKey, stem);
    }

    void record(byte[] storageKey, byte[] value) {
      try {
        if (storageKey[stem.length] == CellKey.HEAD) {
          StoredHead head = StoredHead.decode(value);
          stored = head;
          digest += CellDigest.ofHead(head.head());
          begin(lattice.lower(head.head(), floor));
        } else {
          Bytes id = CellKey.idOf(stem, storageKey);
          digest += CellDigest.ofCell(id, value);
          liveCells += lattice.live(id, value) ? 1 : 0;
          cell(id, value);
        }
      } catch (MalformedException e) {
        malformed = e;
        frame.add(storageKey);
        frame.add(value);
      }
    }

    /** Begins with a head that holds nothing of what the floor says. */
    void begin(byte[] lowered) {
      hasHead = true;
      unframed = lowered;
    }

    void cell(Bytes id, byte[] cell) {
      hasCells = true;
      if (!lattice.forgets(id, cell, floor)) {
        frameHead();
        frame.add(CellKey.cell(stem, id));
        frame.add(cell);
      }
    }

    boolean isEmpty() {
      return !hasCells;
    }

    private void frameHead() {
      byte[] head = unframed;
      if (head != null) {
        frame.add(CellKey.head(stem));
        frame.add(head);
        unframed = null;
      }
    }

    KeyLeaf end() {
      byte[] left = unframed;
      boolean isForgotten =
          !floor.isNone() && left != null && Arrays.equals(left, lattice.bottom());
      frameHead();
      StoredHead said = stored;
      boolean isSound =
          malformed == null
              && hasHead
              && (said == null || (said.digest() == digest && said.liveCells() == liveCells));
      return new KeyLeaf(key, Bytes.wrap(sha.digest()), isForgotten, isSound, malformed);
    }
  }
}
