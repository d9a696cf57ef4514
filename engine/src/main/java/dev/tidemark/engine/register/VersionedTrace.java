package dev.tidemark.engine.register;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Trace;

/** A value or a tombstone of {@code lww-register}. */
record VersionedTrace(Effect effect, VersionedCell cell) implements Trace {
  @Override
  public Dot author() {
    return cell.version().dot();
  }

  @Override
  public Fate fate(KeyView state) {
    byte[] head = state.head();
    return head.length == 0 ? Fate.forgotten() : cell.fateBeside(VersionedCell.decode(head));
  }
}
