package dev.tidemark.engine.set;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.lattice.Trace;
import java.util.List;

/** An element of a {@code g-set}; who added it is not kept. */
record ElementTrace(Bytes element) implements Trace {
  @Override
  public Effect effect() {
    return new Effect("add", element, null, List.of());
  }

  @Override
  public Object mark() {
    return element;
  }

  @Override
  public Fate fate(KeyView state) {
    return state.cell(element) == null ? Fate.forgotten() : Fate.stands(Rule.UNION);
  }
}
