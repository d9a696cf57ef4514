package dev.tidemark.engine.map;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.lattice.Trace;
import dev.tidemark.engine.register.VersionedCell;

/** A value or a tombstone of a field. */
record FieldTrace(Effect effect, Bytes field, VersionedCell cell) implements Trace {
  @Override
  public Dot author() {
    return cell.version().dot();
  }

  @Override
  public Fate fate(KeyView state) {
    byte[] held = state.cell(field);
    if (held != null) {
      return cell.fateBeside(VersionedCell.decode(held));
    }
    Version cut = LastWriterMap.decodeCut(state.head());
    return cut != null && LastWriterMap.isCut(cell.version(), cut)
        ? Fate.lost(Rule.OLDER_THAN_DELETE, cut.dot())
        : Fate.forgotten();
  }
}
