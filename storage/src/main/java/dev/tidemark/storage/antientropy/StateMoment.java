package dev.tidemark.storage.antientropy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.state.KeyLeaf;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.KeyRecords;
import dev.tidemark.storage.state.KeyTile;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.Progress;
import dev.tidemark.storage.state.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A state that is held still. For one thread at a time; close it soon.
 *
 * <p>Memory: {@value Moment#MOST_KEYS} keys with their hashes, or one key.
 */
public final class StateMoment implements Moment, AutoCloseable {
  private final StateStore state;
  private final Pin pin;
  private final Progress progress;
  private final Predicate<Bytes> compared;
  private final Runnable pace;

  /**
   * A moment of a state that is not in the middle of a run.
   *
   * @param pin is closed with this
   * @param compared which keys are looked at
   * @param pace is run for each key that is looked at; may throw to end the work
   */
  public StateMoment(StateStore state, Pin pin, Predicate<Bytes> compared, Runnable pace) {
    this.state = state;
    this.compared = compared;
    this.pin = pin;
    this.progress = pin.progress();
    this.pace = pace;
  }

  /** The log position up to which it is folded. */
  public long position() {
    return progress.applied();
  }

  @Override
  public VersionVector vector() {
    return progress.vector();
  }

  @Override
  public Floor floor() {
    return pin.floor();
  }

  @Override
  public List<Integer> differing(Bytes prefix, List<KeyTile> tiles, Floor floor) {
    Namespace namespace = state.schema().withPrefix(prefix);
    List<Integer> differing = new ArrayList<>();
    for (int i = 0; i < tiles.size(); i++) {
      KeyTile theirs = tiles.get(i);
      if (namespace == null ? theirs.keys() > 0 : differs(namespace, theirs, floor)) {
        differing.add(i);
      }
    }
    return differing;
  }

  private boolean differs(Namespace namespace, KeyTile theirs, Floor floor) {
    KeyTile here = KeyTile.of(state, pin, namespace, theirs.range(), floor, compared, pace);
    return !here.isSound() || !here.root().equals(theirs.root());
  }

  /** Lays a range out in tiles. */
  List<KeyTile> tiles(Namespace namespace, KeyRange range, Floor floor) {
    return KeyTile.split(state, pin, namespace, range, floor, MOST_TILES, compared, pace);
  }

  @Override
  public KeyPage keys(Bytes prefix, KeyRange range, Floor floor) {
    Namespace namespace = state.schema().withPrefix(prefix);
    List<KeyMark> marks = new ArrayList<>();
    boolean[] isFull = new boolean[1];
    if (namespace != null) {
      long[] bytes = new long[1];
      visit(
          namespace,
          range,
          floor,
          leaf -> {
            bytes[0] += leaf.key().length() + leaf.hash().length();
            isFull[0] =
                marks.size() == MOST_KEYS || (bytes[0] > MOST_LIST_BYTES && !marks.isEmpty());
            if (!isFull[0]) {
              marks.add(KeyMark.of(leaf));
            }
            return !isFull[0];
          });
    }
    return new KeyPage(marks, !isFull[0]);
  }

  /** Sees keys until it has enough of them. */
  interface LeafVisitor {
    boolean visit(KeyLeaf leaf);
  }

  /** Shows all keys of a range that count, sound or not. */
  private void visit(Namespace namespace, KeyRange range, Floor floor, LeafVisitor visitor) {
    state.leaves(
        pin,
        namespace,
        range,
        floor,
        leaf -> {
          pace.run();
          return !compared.test(leaf.key())
              || (leaf.isForgotten() && leaf.isSound())
              || visitor.visit(leaf);
        });
  }

  /** The keys that are not what their own digests say, up to so many from one on. */
  public List<KeyMark> unsound(Namespace namespace, KeyRange range, int most) {
    List<KeyMark> found = new ArrayList<>();
    visit(
        namespace,
        range,
        floor(),
        leaf -> {
          if (!leaf.isSound()) {
            found.add(KeyMark.of(leaf));
          }
          return found.size() < most;
        });
    return found;
  }

  @Override
  public @Nullable KeyCopy copy(Bytes prefix, Bytes key) {
    Namespace namespace = state.schema().withPrefix(prefix);
    if (namespace == null) {
      return null;
    }
    KeyRecords records = state.records(pin, namespace, key, MOST_KEY_BYTES);
    KeyDelta stored = records == null || !records.isWhole() ? null : records.state();
    return stored == null ? null : counting(namespace, stored);
  }

  /**
   * The same of a key that another state of the same history is to be rebuilt from: one that is not
   * there is one that nothing was joined into.
   */
  public @Nullable KeyCopy base(Namespace namespace, Bytes key) {
    Namespace own = state.schema().withPrefix(namespace.prefix());
    KeyRecords records = own == null ? null : state.records(pin, own, key, MOST_KEY_BYTES);
    if (records == null) {
      KeyDelta bottom = KeyDelta.ofHead(namespace.strategy().lattice().bottom());
      return counting(namespace, bottom);
    }
    KeyDelta stored = records.isWhole() ? records.state() : null;
    return stored == null ? null : counting(namespace, stored);
  }

  private KeyCopy counting(Namespace namespace, KeyDelta stored) {
    byte[] head = namespace.strategy().lattice().raise(stored.head(), floor());
    return new KeyCopy(new KeyDelta(head, stored.cells()), floor());
  }

  @Override
  public void close() {
    pin.close();
  }
}
