package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import java.util.Collections;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a state means, as one hash per namespace and one over all: a Merkle tree with a leaf for
 * each key, over its head and its cells in order. Stores that hold the same have the same, however
 * they came to it. A namespace without keys counts as none. What the state may forget below its
 * floor counts as forgotten, whether it was reached yet or not.
 *
 * <pre>
 *   leaf       SHA-256(00, per record of the key: length u32, storage key, length u32, content)
 *   content    of a head: the head; of a cell: the cell
 *   node       SHA-256(01, left, right)
 *   combined   SHA-256(02, per namespace: prefix bytes, strategy tag u8, root)
 * </pre>
 *
 * @param byPrefix the root of each namespace that has keys
 * @param combined the hash over all of them
 */
public record StateRoots(SortedMap<Bytes, Bytes> byPrefix, Bytes combined) {
  private static final int MIN_ROW_BYTES = 1 + MerkleTree.HASH_BYTES;

  /** The roots of a state, given those of its namespaces that have keys. */
  static StateRoots of(Schema schema, SortedMap<Bytes, Bytes> byPrefix) {
    return new StateRoots(Collections.unmodifiableSortedMap(byPrefix), combine(schema, byPrefix));
  }

  private static Bytes combine(Schema schema, SortedMap<Bytes, Bytes> roots) {
    ByteWriter out = new ByteWriter().u8(MerkleTree.FOREST);
    for (Namespace namespace : schema.namespaces()) {
      Bytes root = roots.get(namespace.prefix());
      if (root != null) {
        out.bytes(namespace.prefix()).u8(namespace.strategy().tag()).raw(root.array());
      }
    }
    return Bytes.wrap(MerkleTree.sha256().digest(out.toByteArray()));
  }

  /** Writes how many namespaces, then prefix and root of each in order, then the combined one. */
  public void encode(ByteWriter out) {
    out.varint(byPrefix.size());
    byPrefix.forEach((prefix, root) -> out.bytes(prefix).raw(root.array()));
    out.raw(combined.array());
  }

  /** Reads what {@link #encode} wrote. */
  public static StateRoots decode(ByteReader in) {
    TreeMap<Bytes, Bytes> roots = new TreeMap<>();
    int count = in.items("namespace roots", MIN_ROW_BYTES);
    for (int i = 0; i < count; i++) {
      Bytes prefix = Bytes.wrap(in.bytes("prefix bytes", Limits.MAX_PREFIX_BYTES));
      if (!roots.isEmpty() && roots.lastKey().compareTo(prefix) >= 0) {
        throw in.malformed("namespace roots are out of order");
      }
      roots.put(prefix, Bytes.wrap(in.raw(MerkleTree.HASH_BYTES)));
    }
    return new StateRoots(
        Collections.unmodifiableSortedMap(roots), Bytes.wrap(in.raw(MerkleTree.HASH_BYTES)));
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(combined.array());
  }
}
