package dev.tidemark.storage.antientropy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.KeyTile;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the keys in which two stores differ that have joined the same: fingerprints of key ranges
 * first, split where they differ, then key by key. At equal vectors a difference is a fault and not
 * lag.
 *
 * <p>Memory: {@value Moment#MOST_TILES} fingerprints for each level of splitting, which are few,
 * and twice {@value Moment#MOST_KEYS} keys.
 */
public final class Comparison {
  private final StateMoment own;
  private final Moment theirs;
  private final Floor floor;
  private final Predicate<Difference> visitor;
  private boolean ended;

  /**
   * A comparison of two moments.
   *
   * @param visitor sees each difference as it is found; says whether to go on
   */
  public Comparison(StateMoment own, Moment theirs, Predicate<Difference> visitor) {
    if (!isPossible(own, theirs)) {
      throw Problem.of("moments of different vectors cannot be compared").illegalArgument();
    }
    this.own = own;
    this.theirs = theirs;
    this.floor = own.floor().join(theirs.floor());
    this.visitor = visitor;
  }

  /** Whether what differs in two moments is a fault. */
  public static boolean isPossible(Moment own, Moment theirs) {
    return own.vector().equals(theirs.vector());
  }

  /**
   * A key that means something else in the two stores.
   *
   * @param own what it is in this one; null if it is not there
   * @param theirs what it is in the other; null if it is not there
   * @param floor below what both count as forgotten
   */
  public record Difference(
      Namespace namespace,
      Bytes key,
      @Nullable KeyMark own,
      @Nullable KeyMark theirs,
      Floor floor) {}

  /** Compares all namespaces of this store. */
  public void run(Schema schema) {
    for (Namespace namespace : schema.namespaces()) {
      if (!ended) {
        compare(namespace, KeyRange.ALL);
      }
    }
  }

  private void compare(Namespace namespace, KeyRange range) {
    List<KeyTile> tiles = own.tiles(namespace, range, floor);
    Set<Integer> differing = new HashSet<>(theirs.differing(namespace.prefix(), tiles, floor));
    for (int i = 0; i < tiles.size() && !ended; i++) {
      KeyTile tile = tiles.get(i);
      if (tile.isSound() && !differing.contains(i)) {
        continue;
      }
      if (tile.keys() > Moment.MOST_KEYS) {
        compare(namespace, tile.range());
      } else {
        list(namespace, tile.range());
      }
    }
  }

  /** Merges two lists of keys in order, each taken some keys at a time. */
  private void list(Namespace namespace, KeyRange range) {
    Marks ours = new Marks(own, namespace, range);
    Marks others = new Marks(theirs, namespace, range);
    while (!ended) {
      KeyMark a = ours.peek();
      KeyMark b = others.peek();
      if (a == null && b == null) {
        return;
      }
      int order = a == null ? 1 : b == null ? -1 : a.key().compareTo(b.key());
      KeyMark left = order <= 0 ? ours.take() : null;
      KeyMark right = order >= 0 ? others.take() : null;
      boolean isSame =
          left != null
              && right != null
              && left.isSound()
              && right.isSound()
              && left.hash().equals(right.hash());
      if (!isSame) {
        Bytes key = left != null ? left.key() : right == null ? Bytes.EMPTY : right.key();
        ended = !visitor.test(new Difference(namespace, key, left, right, floor));
      }
    }
  }

  /** The keys of one side. */
  private final class Marks {
    private final Moment moment;
    private final Namespace namespace;
    private @Nullable KeyRange rest;
    private List<KeyMark> page = List.of();
    private int at;

    Marks(Moment moment, Namespace namespace, KeyRange range) {
      this.moment = moment;
      this.namespace = namespace;
      this.rest = range;
    }

    @Nullable KeyMark peek() {
      KeyRange left = rest;
      if (at == page.size() && left != null) {
        KeyPage next = moment.keys(namespace.prefix(), left, floor);
        page = next.marks();
        at = 0;
        boolean isLast = next.isLast() || page.isEmpty();
        rest = isLast ? null : left.after(page.get(page.size() - 1).key());
      }
      return at < page.size() ? page.get(at) : null;
    }

    @Nullable KeyMark take() {
      KeyMark next = peek();
      at++;
      return next;
    }
  }
}
