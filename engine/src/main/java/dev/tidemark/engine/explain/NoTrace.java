package dev.tidemark.engine.explain;

import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.lattice.Trace;

/** Stands for an operation that left nothing. */
enum NoTrace implements Trace {
  /** It saw nothing that it could have changed. */
  NOTHING_SEEN("nothing", Fate.Kind.SPENT, Rule.NOTHING_SEEN),
  /** What it did is not known any more. */
  LOST("lost", Fate.Kind.GIVEN_UP, Rule.NOBODY_HAS_IT);

  private final Effect effect;
  private final Fate fate;

  NoTrace(String verb, Fate.Kind kind, Rule rule) {
    this.effect = Effect.of(verb);
    this.fate = new Fate(kind, rule, null);
  }

  @Override
  public Effect effect() {
    return effect;
  }

  @Override
  public Fate fate(KeyView state) {
    return fate;
  }
}
