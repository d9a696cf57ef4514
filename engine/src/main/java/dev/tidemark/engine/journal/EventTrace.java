package dev.tidemark.engine.journal;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.lattice.Trace;
import dev.tidemark.engine.operation.Value;
import java.util.List;

/** An event of a journal. */
record EventTrace(JournalCell event) implements Trace {
  @Override
  public Effect effect() {
    return new Effect("append", null, new Value.Register(event.event()), List.of());
  }

  @Override
  public Dot author() {
    return event.id().dot();
  }

  @Override
  public Fate fate(KeyView state) {
    return state.cell(event.cellId()) == null ? Fate.forgotten() : Fate.stands(Rule.UNION);
  }
}
