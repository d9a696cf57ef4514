package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.stability.Floor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * All of a key that has little, as it was at one moment: read in one walk, which holds no moment of
 * the state longer than that. Immutable.
 */
final class SmallKey implements KeyView {
  /** Of head, ids and cells, with the objects that hold them. */
  static final int MOST_BYTES = 2048;

  private static final int BYTES_A_CELL = 64;

  private final byte[] head;
  private final List<Bytes> ids;
  private final List<byte[]> cells;
  private final boolean isStored;

  private SmallKey(byte[] head, List<Bytes> ids, List<byte[]> cells, boolean isStored) {
    this.head = head;
    this.ids = ids;
    this.cells = cells;
    this.isStored = isStored;
  }

  /**
   * Reads a key, or gives null if it has more; a key of which nothing is stored has little.
   *
   * @param floor what its state has forgotten
   */
  static @Nullable SmallKey read(Reader reader, byte[] stem, Lattice lattice, Floor floor)
      throws RocksDBException {
    byte[] first = CellKey.head(stem);
    try (CellIterator iterator = reader.iterate(CellKey.pastCells(stem), true)) {
      if (!iterator.seek(first)) {
        return new SmallKey(StoredKey.head(null, lattice, floor), List.of(), List.of(), false);
      }
      boolean isHead =
          Arrays.equals(iterator.keyArray(), 0, iterator.keyLength(), first, 0, first.length);
      // Where the head is lost, who reads it as a large one tells.
      return isHead ? readCells(reader, iterator, stem, lattice, floor) : null;
    }
  }

  private static @Nullable SmallKey readCells(
      Reader reader, CellIterator iterator, byte[] stem, Lattice lattice, Floor floor)
      throws RocksDBException {
    StoredHead stored =
        StateFailure.decode(reader.directory(), iterator.value(), StoredHead::decode);
    int bytes = stored.head().length;
    if (bytes > MOST_BYTES || stored.liveCells() > MOST_BYTES / BYTES_A_CELL) {
      return null;
    }
    List<Bytes> ids = new ArrayList<>();
    List<byte[]> cells = new ArrayList<>();
    while (iterator.next()) {
      Bytes id = iterator.cellId(stem);
      byte[] cell = iterator.value();
      bytes += BYTES_A_CELL + id.length() + cell.length;
      if (bytes > MOST_BYTES) {
        return null;
      }
      ids.add(id);
      cells.add(cell);
    }
    return new SmallKey(StoredKey.head(stored, lattice, floor), ids, cells, true);
  }

  /** Whether anything is held of the key. */
  boolean isStored() {
    return isStored;
  }

  @Override
  public byte[] head() {
    return head;
  }

  @Override
  public byte @Nullable [] cell(Bytes id) {
    int at = Collections.binarySearch(ids, id);
    return at < 0 ? null : cells.get(at);
  }

  @Override
  public void cells(CellRange range, CellVisitor visitor) {
    int from = Collections.binarySearch(ids, range.from());
    for (int at = from < 0 ? -from - 1 : from; at < ids.size(); at++) {
      Bytes id = ids.get(at);
      if (!range.contains(id) || !visitor.visit(id, cells.get(at))) {
        return;
      }
    }
  }
}
