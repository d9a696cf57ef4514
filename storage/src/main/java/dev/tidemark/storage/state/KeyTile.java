package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Floor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A range of keys and their fingerprint: the root of a Merkle tree with a {@link KeyLeaf} for each
 * key that has something left under the floor.
 *
 * @param range the keys
 * @param keys how many leaves there are
 * @param root the fingerprint
 * @param isSound whether every key is what its own digest says
 */
public record KeyTile(KeyRange range, long keys, Bytes root, boolean isSound) {
  /** The fingerprint of those keys of a range of a namespace that are compared, at a pin. */
  public static KeyTile of(
      StateStore state,
      Pin pin,
      Namespace namespace,
      KeyRange range,
      Floor floor,
      Predicate<Bytes> compared,
      Runnable pace) {
    MerkleTree tree = new MerkleTree();
    boolean[] isSound = {true};
    state.leaves(
        pin,
        namespace,
        range,
        floor,
        leaf -> {
          pace.run();
          if (!compared.test(leaf.key())) {
            return true;
          }
          isSound[0] &= leaf.isSound();
          if (counts(leaf)) {
            tree.add(leaf.hash().array());
          }
          return true;
        });
    return new KeyTile(range, tree.leaves(), Bytes.wrap(tree.root()), isSound[0]);
  }

  /**
   * Lays a range out in tiles of about as many keys each, in one pass and without knowing how many
   * keys there are. They touch, and the outer ones reach to the ends of the range, so that a key
   * that only another store has lies in one of them.
   *
   * @param most how many tiles there may be; an even number
   * @param compared which keys count
   */
  public static List<KeyTile> split(
      StateStore state,
      Pin pin,
      Namespace namespace,
      KeyRange range,
      Floor floor,
      int most,
      Predicate<Bytes> compared,
      Runnable pace) {
    Layout layout = new Layout(range, most);
    state.leaves(
        pin,
        namespace,
        range,
        floor,
        leaf -> {
          pace.run();
          if (compared.test(leaf.key()) && counts(leaf)) {
            layout.add(leaf);
          }
          return true;
        });
    return layout.end();
  }

  /** One that is not sound counts even where nothing should be left: it is to be found. */
  private static boolean counts(KeyLeaf leaf) {
    return !leaf.isForgotten() || !leaf.isSound();
  }

  /** Doubles the width of all tiles whenever there are too many: their roots join as nodes do. */
  private static final class Layout {
    private final KeyRange range;
    private final int most;
    private final List<Bytes> starts = new ArrayList<>();
    private final List<byte[]> roots = new ArrayList<>();
    private final List<Boolean> sound = new ArrayList<>();
    private long width = 1;
    private MerkleTree last = new MerkleTree();
    private boolean lastIsSound = true;
    private @Nullable Bytes lastStart;

    Layout(KeyRange range, int most) {
      this.range = range;
      this.most = most;
    }

    void add(KeyLeaf leaf) {
      if (last.leaves() == 0) {
        lastStart = leaf.key();
      }
      last.add(leaf.hash().array());
      lastIsSound &= leaf.isSound();
      if (last.leaves() == width) {
        closeLast();
        if (roots.size() == most) {
          widen();
        }
      }
    }

    private void closeLast() {
      Bytes start = lastStart;
      if (start != null) {
        starts.add(start);
        roots.add(last.root());
        sound.add(lastIsSound);
        lastIsSound = true;
        last = new MerkleTree();
        lastStart = null;
      }
    }

    private void widen() {
      for (int i = 0; i < most / 2; i++) {
        starts.set(i, starts.get(2 * i));
        roots.set(i, MerkleTree.joined(roots.get(2 * i), roots.get(2 * i + 1)));
        sound.set(i, sound.get(2 * i) && sound.get(2 * i + 1));
      }
      starts.subList(most / 2, most).clear();
      roots.subList(most / 2, most).clear();
      sound.subList(most / 2, most).clear();
      width *= 2;
    }

    List<KeyTile> end() {
      long left = last.leaves();
      closeLast();
      if (roots.isEmpty()) {
        return List.of(new KeyTile(range, 0, Bytes.wrap(new MerkleTree().root()), true));
      }
      List<KeyTile> tiles = new ArrayList<>();
      for (int i = 0; i < roots.size(); i++) {
        boolean isLast = i == roots.size() - 1;
        Bytes from = i == 0 ? range.from() : starts.get(i);
        Bytes to = isLast ? range.to() : starts.get(i + 1);
        long keys = isLast && left > 0 ? left : width;
        Bytes root = Bytes.wrap(roots.get(i));
        tiles.add(new KeyTile(new KeyRange(from, to), keys, root, sound.get(i)));
      }
      return tiles;
    }
  }
}
