package dev.tidemark.engine.explain;

import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.lattice.Trace;

/** Stands for an operation that saw nothing that it could have changed. */
enum NoTrace implements Trace {
  INSTANCE;

  @Override
  public Effect effect() {
    return Effect.of("nothing");
  }

  @Override
  public Fate fate(KeyView state) {
    return new Fate(Fate.Kind.SPENT, Rule.NOTHING_SEEN, null);
  }
}
