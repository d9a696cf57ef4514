package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.Cells;
import dev.tidemark.engine.lattice.Lattice;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * One key while something is joined into it: reads what is stored, writes to a batch, and keeps
 * digest and live count in step by taking every old cell out and putting the new one in. It does
 * not read what it has written, which {@link dev.tidemark.engine.lattice.Join} never does: it
 * writes a cell once.
 */
final class FoldCells implements Cells {
  private final StoredKey base;
  private final Lattice lattice;
  private final ColumnFamilyHandle family;
  private final byte[] stem;
  private final WriteBatch batch;
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
    lastCell = base.cell(id);
    lastId = id;
    return lastCell;
  }

  @Override
  public void cells(CellRange range, CellVisitor visitor) {
    base.cells(range, visitor);
  }

  @Override
  public void head(byte[] newHead) {
    head = newHead;
  }

  @Override
  public void cell(Bytes id, byte @Nullable [] cell) {
    byte[] before = lastId != null && lastId.equals(id) ? lastCell : base.cell(id);
    if (before != null) {
      digest -= CellDigest.ofCell(id, before);
      liveCells -= lattice.live(id, before) ? 1 : 0;
    }
    if (cell != null) {
      digest += CellDigest.ofCell(id, cell);
      liveCells += lattice.live(id, cell) ? 1 : 0;
    }
    write(id, cell);
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
