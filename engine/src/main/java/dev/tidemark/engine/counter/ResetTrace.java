package dev.tidemark.engine.counter;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.counter.CounterState.Totals;
import dev.tidemark.engine.counter.TotalsTrace.Place;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.lattice.Trace;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** A delete: the totals that it saw, by replica. */
record ResetTrace(Effect effect, Place place, SortedMap<Long, Totals> seen) implements Trace {
  @Override
  public @Nullable Bytes cellId() {
    return place.field();
  }

  @Override
  public Fate fate(KeyView state) {
    CounterState held = place.in(state);
    for (Map.Entry<Long, Totals> entry : seen.entrySet()) {
      Totals now = held.of(entry.getKey());
      Totals then = entry.getValue();
      if ((then.addedBaseline() > 0 && then.addedBaseline() == now.addedBaseline())
          || (then.takenBaseline() > 0 && then.takenBaseline() == now.takenBaseline())) {
        return Fate.held(Rule.TAKES_WHAT_IT_SAW);
      }
    }
    return Fate.lost(Rule.RESET_FURTHER, null);
  }

  @Override
  public @Nullable Rule overriddenBy(KeyDelta later, Fate.Kind fate) {
    CounterState other = place.in(later);
    boolean further =
        seen.entrySet().stream()
            .allMatch(
                entry -> {
                  Totals theirs = other.of(entry.getKey());
                  return theirs.addedBaseline() >= entry.getValue().addedBaseline()
                      && theirs.takenBaseline() >= entry.getValue().takenBaseline();
                });
    return further ? Rule.RESET_FURTHER : null;
  }
}
