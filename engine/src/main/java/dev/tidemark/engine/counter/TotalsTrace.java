package dev.tidemark.engine.counter;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.counter.CounterState.Totals;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.lattice.Trace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a replica had counted in all, when it last counted here. */
record TotalsTrace(Effect effect, Place place, long replica, Totals totals) implements Trace {
  /** Which counter of a key: that of a field, or without one the only one. */
  record Place(@Nullable Bytes field, boolean goesDown) {
    CounterState in(KeyView element) {
      byte[] counter = field == null ? element.head() : element.cell(field);
      return CounterState.decode(counter == null ? new byte[0] : counter, goesDown);
    }
  }

  @Override
  public Object mark() {
    return List.of(place, replica);
  }

  @Override
  public @Nullable Bytes cellId() {
    return place.field();
  }

  @Override
  public Fate fate(KeyView state) {
    Totals held = place.in(state).of(replica);
    boolean up = totals.added() > held.addedBaseline();
    boolean down = totals.taken() > held.takenBaseline();
    if (!up && !down) {
      return Fate.lost(Rule.RESET, null);
    }
    if ((up && totals.added() > held.added()) || (down && totals.taken() > held.taken())) {
      return Fate.forgotten();
    }
    boolean newest =
        (up && totals.added() == held.added()) || (down && totals.taken() == held.taken());
    return newest
        ? Fate.stands(Rule.RUNNING_TOTAL)
        : new Fate(Fate.Kind.CONTAINED, Rule.RUNNING_TOTAL, null);
  }

  @Override
  public @Nullable Rule overriddenBy(KeyDelta later, Fate.Kind fate) {
    Totals theirs = place.in(later).of(replica);
    boolean resets =
        theirs.addedBaseline() >= totals.added() && theirs.takenBaseline() >= totals.taken();
    boolean counts =
        (totals.added() > totals.addedBaseline() && theirs.added() >= totals.added())
            || (totals.taken() > totals.takenBaseline() && theirs.taken() >= totals.taken());
    if (fate == Fate.Kind.LOST) {
      return resets ? Rule.RESET : null;
    }
    return counts ? Rule.RUNNING_TOTAL : null;
  }
}
