package dev.tidemark.engine.map;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Remains;
import dev.tidemark.engine.register.VersionedCell;
import java.util.List;

/** Counts the removed fields that a map still knows of. */
final class FieldTombstones implements KeyView.CellVisitor {
  private long count;
  private long bytes;
  private long newestStamp;

  @Override
  public boolean visit(Bytes field, byte[] cell) {
    VersionedCell held = VersionedCell.decode(cell);
    if (held.isTombstone()) {
      count++;
      bytes += field.length() + cell.length;
      newestStamp = Math.max(newestStamp, held.version().stamp());
    }
    return true;
  }

  void addTo(List<Remains> remains) {
    if (count > 0) {
      remains.add(new Remains(Remains.Kind.TOMBSTONE, count, bytes, newestStamp, null));
    }
  }
}
