package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of a key that a delta touches, copied: a set of a million elements shows the one that is
 * added.
 */
final class TouchedView implements KeyView {
  /** As many cells of a wholesale delete are shown. */
  static final int MAX_CELLS = 1_000;

  private final byte[] head;
  private final TreeMap<Bytes, byte[]> cells = new TreeMap<>();
  private boolean partial;
  private long bytes;

  private TouchedView(byte[] head) {
    this.head = head;
    this.bytes = head.length;
  }

  /** What of a delta's cells, and of the ranges its head reaches, there is in a view. */
  static TouchedView of(KeyView view, List<CellRange> reach, KeyDelta delta) {
    TouchedView touched = new TouchedView(view.head());
    for (Bytes id : delta.cells().keySet()) {
      byte[] cell = view.cell(id);
      if (cell != null && !touched.take(id, cell)) {
        break;
      }
    }
    for (CellRange range : reach) {
      view.cells(range, touched::take);
    }
    return touched;
  }

  /** The ranges of cells under a head that a delta reaches beyond the cells it names. */
  static List<CellRange> reach(Lattice lattice, byte[] head, KeyDelta delta) {
    return lattice.join(head, delta.head()).reach();
  }

  boolean isPartial() {
    return partial;
  }

  /** About what it takes in memory. */
  long bytes() {
    return bytes;
  }

  private boolean take(Bytes id, byte[] cell) {
    if (cells.containsKey(id)) {
      return true;
    }
    if (cells.size() == MAX_CELLS) {
      partial = true;
      return false;
    }
    cells.put(id, cell);
    bytes += id.length() + cell.length;
    return true;
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
    new KeyDelta(head, cells).cells(range, visitor);
  }
}
