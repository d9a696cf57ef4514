package dev.tidemark.engine.map;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.lattice.Trace;

/** A delete of the whole map. */
record CutTrace(Version cut) implements Trace {
  @Override
  public Effect effect() {
    return Effect.of("delete");
  }

  @Override
  public Dot author() {
    return cut.dot();
  }

  @Override
  public Fate fate(KeyView state) {
    Version held = LastWriterMap.decodeCut(state.head());
    int order = held == null ? 1 : cut.compareTo(held);
    if (held != null && order < 0) {
      return Fate.lost(Rule.NEWER_DELETE, held.dot());
    }
    return order == 0 ? Fate.held(Rule.TAKES_WHAT_IS_OLDER) : Fate.forgotten();
  }
}
