package dev.tidemark.storage.antientropy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.FlooredCells;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyPart;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.run.RunEffect;
import dev.tidemark.storage.state.KeyLeaf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key that is made again of a base and of what the log holds above it. It forgets nothing on the
 * way, so it means the same under every floor from its own on.
 */
public final class KeyRebuild {
  private final Namespace namespace;
  private final Bytes key;
  private final Lattice lattice;
  private final KeyState state;
  private final boolean ofWholeLog;
  private Floor floor;
  private FlooredCells cells;
  private long position;
  private long bytes;
  private boolean dropped;

  /**
   * A key that is not made further than its base.
   *
   * @param position up to where the base holds the log
   */
  public KeyRebuild(Namespace namespace, Bytes key, KeyCopy base, long position) {
    this.namespace = namespace;
    this.key = key;
    this.lattice = namespace.strategy().lattice();
    this.ofWholeLog = position == 0;
    this.floor = base.floor();
    this.position = position;
    this.state = KeyState.bottomOf(lattice);
    state.head(base.state().head());
    base.state().cells().forEach(state::cell);
    this.cells = new FlooredCells(state, lattice, floor);
    this.bytes = base.state().encodedLength();
  }

  /** Its namespace. */
  public Namespace namespace() {
    return namespace;
  }

  /** Which key. */
  public Bytes key() {
    return key;
  }

  /** Below what is known to be joined. */
  public Floor floor() {
    return floor;
  }

  /** Up to where it holds the log. */
  public long position() {
    return position;
  }

  /** Whether it is made of all that was ever logged of it, and of nothing else. */
  public boolean isOfWholeLog() {
    return ofWholeLog;
  }

  /** Whether what was to be joined is more than there may be; it is of no use then. */
  public boolean isTooLarge() {
    return dropped;
  }

  /** About how much it holds. */
  long bytes() {
    return dropped ? 0 : bytes;
  }

  void drop() {
    dropped = true;
    List.copyOf(state.asDelta().cells().keySet()).forEach(id -> state.cell(id, null));
  }

  /** Joins an operation that the log holds above what was joined before. */
  void join(KeyDelta delta) {
    bytes += delta.encodedLength();
    Join.into(cells, lattice, delta);
  }

  /** The same with a record of a run, of which some may be joined already. */
  void takeRun(RunEffect effect, KeyDelta delta, KeyPart part) {
    bytes += delta.encodedLength();
    switch (effect) {
      case JOINS -> Join.into(cells, lattice, lattice.admit(delta, floor), part);
      case REPLACES -> Join.instead(cells, lattice, delta, part);
    }
  }

  /** The members have told a floor: what follows is held to it, as it was when it was folded. */
  void raise(Floor told) {
    Floor higher = floor.join(told);
    if (!higher.equals(floor)) {
      floor = higher;
      cells = new FlooredCells(state, lattice, floor);
    }
  }

  /** All of the log up to a position is joined. */
  void reached(long newPosition) {
    position = Math.max(position, newPosition);
  }

  /** What it means under a floor, or null if nothing is left of it. */
  public @Nullable KeyLeaf leaf(Floor under) {
    return KeyLeaf.of(lattice, key, whole(), under);
  }

  /** The state as it counts. */
  public KeyDelta whole() {
    return new KeyDelta(lattice.raise(state.head(), floor), state.asDelta().cells());
  }
}
