package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All of a state, read once: whether it is what it says it is, and what it means.
 *
 * @param audit what was wrong
 * @param roots what it means; null unless nothing was wrong
 */
public record StateReading(StateAudit audit, @Nullable StateRoots roots) {
  /**
   * Reads the state at a pin, and the checksums of its files.
   *
   * @param pace is run for each key; may throw to end the work
   * @param visitor sees each mismatch as it is found
   */
  public static StateReading of(
      StateStore state, Pin pin, Runnable pace, Consumer<StateMismatch> visitor) {
    Map<Namespace, MerkleTree> trees = new LinkedHashMap<>();
    StateAudit audit =
        state.audit(
            pin,
            visitor,
            namespace -> {
              MerkleTree tree = new MerkleTree();
              trees.put(namespace, tree);
              return leaves(namespace, pin, pace, tree);
            });
    return new StateReading(audit, audit.isClean() ? roots(state, trees) : null);
  }

  private static LeafWalk leaves(Namespace namespace, Pin pin, Runnable pace, MerkleTree tree) {
    return new LeafWalk(
        namespace.strategy().lattice(),
        pin.floor(),
        leaf -> {
          pace.run();
          if (leaf.malformed() != null) {
            throw leaf.malformed();
          }
          if (!leaf.isForgotten()) {
            tree.add(leaf.hash().array());
          }
          return true;
        });
  }

  private static StateRoots roots(StateStore state, Map<Namespace, MerkleTree> trees) {
    TreeMap<Bytes, Bytes> roots = new TreeMap<>();
    trees.forEach(
        (namespace, tree) -> {
          if (tree.leaves() > 0) {
            roots.put(namespace.prefix(), Bytes.wrap(tree.root()));
          }
        });
    return StateRoots.of(state.schema(), roots);
  }
}
