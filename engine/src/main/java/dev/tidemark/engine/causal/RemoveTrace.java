package dev.tidemark.engine.causal;

import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.lattice.Trace;

/** An operation that took something away: a state keeps no more of it than that it is known. */
record RemoveTrace(Effect effect) implements Trace {
  @Override
  public Fate fate(KeyView state) {
    return new Fate(Fate.Kind.SPENT, Rule.TAKES_WHAT_IT_SAW, null);
  }
}
