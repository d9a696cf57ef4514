package dev.tidemark.engine.map;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Loss;
import dev.tidemark.engine.register.VersionedCell;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which fields of an {@code lww-map} lose their value when an element is joined into it. */
record MapLosses(KeyView before, KeyDelta arriving, Predicate<Dot> seen, Consumer<Loss> visitor) {
  void visit() {
    Version heldCut = LastWriterMap.decodeCut(before.head());
    Version cut = LastWriterMap.decodeCut(arriving.head());
    arriving.cells().forEach((field, cell) -> field(field, cell, heldCut));
    if (cut != null && (heldCut == null || heldCut.compareTo(cut) < 0)) {
      before.cells(
          CellRange.ALL,
          (field, held) -> {
            if (arriving.cell(field) == null) {
              toCut(field, held, cut);
            }
            return true;
          });
    }
  }

  /** A field meets what is held of it; or, where that is nothing, the cut above it. */
  private void field(Bytes field, byte[] cell, @Nullable Version heldCut) {
    byte[] held = before.cell(field);
    if (held != null) {
      VersionedCell.loss(field, held, cell, seen, visitor);
    } else if (heldCut != null && !seen.test(heldCut.dot())) {
      lostToCut(field, VersionedCell.decode(cell), heldCut);
    }
  }

  private void toCut(Bytes field, byte[] held, Version cut) {
    VersionedCell lost = VersionedCell.decode(held);
    if (!seen.test(lost.version().dot())) {
      lostToCut(field, lost, cut);
    }
  }

  private void lostToCut(Bytes field, VersionedCell lost, Version cut) {
    if (LastWriterMap.isCut(lost.version(), cut) && !lost.isTombstone()) {
      visitor.accept(new Loss(field, new Loss.Side(cut, null), lost.side()));
    }
  }
}
