package dev.tidemark.storage.overlay;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.Cells;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.schema.Namespace;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Deltas to one key, joined into one: those of a generation, guarded by the overlay, or those of a
 * commit being gathered.
 */
public final class PendingRun implements Cells {
  /** What a key costs beside its bytes: map entry, key and run objects, array headers. */
  public static final int KEY_OVERHEAD = 160;

  /** What a cell costs beside its bytes. */
  public static final int CELL_OVERHEAD = 112;

  /** The lengths of its id and of itself. */
  private static final int CELL_LENGTHS_BYTES = 8;

  private static final byte[] NO_HEAD = new byte[0];
  private static final NavigableMap<Bytes, byte[]> NO_CELLS =
      Collections.unmodifiableNavigableMap(new TreeMap<>());

  private final Namespace namespace;
  private byte[] head = NO_HEAD;
  private NavigableMap<Bytes, byte[]> cells = NO_CELLS;
  private long bytes;

  /** A run without deltas. */
  public PendingRun(Namespace namespace) {
    this.namespace = namespace;
  }

  /** The namespace of its key. */
  public Namespace namespace() {
    return namespace;
  }

  /** Joins one more delta; gives the change of the estimated size, in bytes. */
  public long join(KeyDelta delta) {
    long before = bytes;
    Join.into(this, namespace.strategy().lattice(), delta);
    return bytes - before;
  }

  /** About how much heap it takes, in bytes. */
  public long heapBytes() {
    return bytes + KEY_OVERHEAD;
  }

  /** At most how many bytes it takes encoded, without its key. */
  public long encodedBytes() {
    return bytes - (long) cells.size() * (CELL_OVERHEAD - CELL_LENGTHS_BYTES) + CELL_LENGTHS_BYTES;
  }

  /** The whole run, not copied: for runs that will not change any more. */
  public KeyDelta whole() {
    return new KeyDelta(head, cells);
  }

  /** The run's head and a copy of its cells in a range. */
  KeyDelta slice(CellRange range) {
    if (cells.isEmpty()) {
      return KeyDelta.ofHead(head);
    }
    Bytes to = range.to();
    SortedMap<Bytes, byte[]> tail = cells.tailMap(range.from());
    SortedMap<Bytes, byte[]> within = to == null ? tail : tail.headMap(to);
    return within.isEmpty() ? KeyDelta.ofHead(head) : new KeyDelta(head, new TreeMap<>(within));
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
    whole().cells(range, visitor);
  }

  @Override
  public void head(byte[] newHead) {
    bytes += newHead.length - head.length;
    head = newHead;
  }

  @Override
  public void cell(Bytes id, byte @Nullable [] cell) {
    if (cell == null) {
      byte[] old = cells.remove(id);
      bytes -= old == null ? 0 : old.length + id.length() + CELL_OVERHEAD;
      return;
    }
    if (cells == NO_CELLS) {
      cells = new TreeMap<>();
    }
    byte[] old = cells.put(id, cell);
    bytes += cell.length - (old == null ? -(id.length() + CELL_OVERHEAD) : old.length);
  }
}
