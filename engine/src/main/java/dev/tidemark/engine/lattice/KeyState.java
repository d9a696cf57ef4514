package dev.tidemark.engine.lattice;

import dev.tidemark.engine.codec.Bytes;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A key's state, or a run of pending deltas, in memory. Not thread-safe. */
public final class KeyState implements Cells {
  private static final byte[] NO_HEAD = new byte[0];

  private byte[] head;
  private final NavigableMap<Bytes, byte[]> cells = new TreeMap<>();

  private KeyState(byte[] head) {
    this.head = head;
  }

  /** The state of a key never touched. */
  public static KeyState bottomOf(Lattice lattice) {
    return new KeyState(lattice.bottom());
  }

  /** A run of no deltas. */
  public static KeyState noDeltas() {
    return new KeyState(NO_HEAD);
  }

  @Override
  public byte[] head() {
    return head;
  }

  @Override
  public byte @Nullable [] cell(Bytes id) {
    return cells.get(id);
  }

  @Override
  public void cells(CellRange range, CellVisitor visitor) {
    asDelta().cells(range, visitor);
  }

  @Override
  public void head(byte[] newHead) {
    head = newHead;
  }

  @Override
  public void cell(Bytes id, byte @Nullable [] cell) {
    if (cell == null) {
      cells.remove(id);
    } else {
      cells.put(id, cell);
    }
  }

  /** What is held, as an element of the lattice; a view, not a copy. */
  public KeyDelta asDelta() {
    return new KeyDelta(head, cells);
  }

  /** What is held now, as an element of its own. */
  public KeyDelta copy() {
    SortedMap<Bytes, byte[]> copy = new TreeMap<>(cells);
    return new KeyDelta(head, copy);
  }
}
