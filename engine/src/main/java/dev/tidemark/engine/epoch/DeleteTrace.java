package dev.tidemark.engine.epoch;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.lattice.Trace;

/** A delete of all points up to its version. */
record DeleteTrace(Version version) implements Trace {
  @Override
  public Effect effect() {
    return Effect.of("delete");
  }

  @Override
  public Dot author() {
    return version.dot();
  }

  @Override
  public Fate fate(KeyView state) {
    Version held = EpochState.decode(state.head()).tombstone();
    if (held == null || version.compareTo(held) > 0) {
      return Fate.forgotten();
    }
    return version.equals(held)
        ? Fate.held(Rule.TAKES_WHAT_IS_OLDER)
        : Fate.lost(Rule.NEWER_DELETE, held.dot());
  }
}
