package dev.tidemark.engine.counter;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.counter.CounterState.Totals;
import dev.tidemark.engine.counter.TotalsTrace.Place;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Remains;
import dev.tidemark.engine.lattice.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an element leaves in one counter, alone or in a map's field. */
final class CounterTraces {
  private CounterTraces() {}

  static List<Trace> of(@Nullable Bytes field, byte[] counter, boolean goesDown) {
    Place place = new Place(field, goesDown);
    CounterState state = CounterState.decode(counter, goesDown);
    List<Trace> traces = new ArrayList<>();
    SortedMap<Long, Totals> resets = new TreeMap<>(Long::compareUnsigned);
    state
        .byReplica()
        .forEach(
            (replica, totals) -> {
              if (totals.isUnobserved()) {
                Effect effect =
                    CounterUpdates.effects(
                            field, CounterState.encodeOne(replica, totals, goesDown), goesDown)
                        .get(0);
                traces.add(new TotalsTrace(effect, place, replica, totals));
              } else {
                resets.put(replica, totals);
              }
            });
    if (!resets.isEmpty()) {
      traces.add(new ResetTrace(new Effect("reset", field, null, List.of()), place, resets));
    }
    return traces;
  }

  /** The totals that resets have seen: they stay, since a replica's total never falls. */
  static List<Remains> remains(long counters, long bytes) {
    return counters == 0
        ? List.of()
        : List.of(new Remains(Remains.Kind.BASELINE, counters, bytes, 0, null));
  }
}
