package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.Cells;
import dev.tidemark.engine.lattice.Lattice;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * One key while something is joined into it: reads what is stored, writes to a batch, and keeps
 * digest and live count in step by taking every old cell out and putting the new one in.
 *
 * <p>It reads its own writes, because the ranges that a join sweeps may overlap: a cell that was
 * changed in one would else be taken out of the sums again in the next. A visit goes over the cells
 * that are stored; one that this join has added is not among them, since sweeps come first.
 */
final class FoldCells implements Cells {
  private final StoredKey base;
  private final Lattice lattice;
  private final ColumnFamilyHandle family;
  private final byte[] stem;
  private final WriteBatch batch;
  private final Map<Bytes, Optional<byte[]>> written = new HashMap<>();
  private byte[] head;
  private long digest;
  private long liveCells;
  private @Nullable Bytes lastId;
  private byte @Nullable [] lastCell;

  FoldCells(
      StoredKey base, Lattice lattice, ColumnFamilyHandle family, byte[] stem, WriteBatch batch) {
    this.base = base;
    this.lattice = lattice;
    this.family = family;
    this.stem = stem;
    this.batch = batch;
    this.head = base.head();
    this.liveCells = base.liveCells();
    this.digest = base.isStored() ? base.digest() - CellDigest.ofHead(head) : 0;
  }

  @Override
  public byte[] head() {
    return head;
  }

  @Override
  public byte @Nullable [] cell(Bytes id) {
    // A join reads a cell and then, if it changes, writes it: the second read is saved.
    lastCell = current(id);
    lastId = id;
    return lastCell;
  }

  private byte @Nullable [] current(Bytes id) {
    Optional<byte[]> own = written.get(id);
    return own == null ? base.cell(id) : own.orElse(null);
  }

  @Override
  public void cells(CellRange range, CellVisitor visitor) {
    base.cells(
        range,
        (id, stored) -> {
          Optional<byte[]> own = written.get(id);
          byte[] cell = own == null ? stored : own.orElse(null);
          return cell == null || visitor.visit(id, cell);
        });
  }

  @Override
  public void head(byte[] newHead) {
    head = newHead;
  }

  @Override
  public void cell(Bytes id, byte @Nullable [] cell) {
    byte[] before = lastId != null && lastId.equals(id) ? lastCell : current(id);
    if (before != null) {
      digest -= CellDigest.ofCell(id, before);
      liveCells -= lattice.live(id, before) ? 1 : 0;
    }
    if (cell != null) {
      digest += CellDigest.ofCell(id, cell);
      liveCells += lattice.live(id, cell) ? 1 : 0;
    }
    written.put(id, Optional.ofNullable(cell));
    lastId = null;
    write(id, cell);
  }

  /** Whether no cell is left. */
  boolean hasNoCells() {
    boolean[] none = {written.values().stream().noneMatch(Optional::isPresent)};
    cells(
        CellRange.ALL,
        (id, cell) -> {
          none[0] = false;
          return false;
        });
    return none[0];
  }

  /** Removes the key, of which nothing is left but its head. */
  void remove() throws RocksDBException {
    batch.delete(family, CellKey.head(stem));
  }

  /** Writes the head with its sums, unless the join has changed nothing. */
  void finish() throws RocksDBException {
    StoredHead after = new StoredHead(digest + CellDigest.ofHead(head), liveCells, head);
    boolean unchanged =
        base.isStored()
            && after.digest() == base.digest()
            && after.liveCells() == base.liveCells()
            && Arrays.equals(after.head(), base.head());
    if (!unchanged) {
      batch.put(family, CellKey.head(stem), after.encode());
    }
  }

  private void write(Bytes id, byte @Nullable [] cell) {
    byte[] storageKey = CellKey.cell(stem, id);
    try {
      if (cell == null) {
        batch.delete(family, storageKey);
      } else {
        batch.put(family, storageKey, cell);
      }
    } catch (RocksDBException e) {
      throw new BatchRefused(e);
    }
  }

  /** Carries what the batch threw through the join, whose callbacks throw nothing checked. */
  static final class BatchRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final RocksDBException reason;

    BatchRefused(RocksDBException reason) {
      super(reason);
      this.reason = reason;
    }

    RocksDBException reason() {
      return reason;
    }
  }
}
