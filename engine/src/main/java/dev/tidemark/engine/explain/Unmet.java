package dev.tidemark.engine.explain;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.lattice.Trace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a state holds and the log was not yet seen to hold. Remembers the marks of a bounded number,
 * not what they mark: that is read again from the state in the end.
 */
final class Unmet {
  private static final int MAX_MARKS = 1 << 16;
  private static final byte[] NO_HEAD = new byte[0];

  private final Lattice lattice;
  private final KeyView state;
  // Where each mark is: in a cell, or in the head.
  private final Map<Object, Optional<Bytes>> places = new LinkedHashMap<>();
  private boolean full;

  private Unmet(Lattice lattice, KeyView state) {
    this.lattice = lattice;
    this.state = state;
  }

  static Unmet nothingOf(Lattice lattice, KeyView state) {
    return new Unmet(lattice, state);
  }

  static Unmet allOf(Lattice lattice, KeyView state) {
    Unmet unmet = new Unmet(lattice, state);
    unmet.add(KeyDelta.ofHead(state.head()), Optional.empty());
    state.cells(
        CellRange.ALL,
        (id, cell) -> {
          unmet.add(KeyDelta.of(NO_HEAD, id, cell), Optional.of(id));
          return !unmet.full;
        });
    return unmet;
  }

  private void add(KeyDelta part, Optional<Bytes> place) {
    for (Trace trace : lattice.traces(part)) {
      Object mark = trace.mark();
      if (places.size() == MAX_MARKS) {
        full = true;
      } else if (mark != null) {
        places.put(mark, place);
      }
    }
  }

  /** The log was seen to hold this. */
  void met(Trace trace) {
    Object mark = trace.mark();
    if (mark != null) {
      places.remove(mark);
    }
  }

  /** How many are left. */
  long count() {
    return places.size();
  }

  /** Whether there may be more. */
  boolean isFull() {
    return full;
  }

  /** Some of those that are left. */
  List<Verdict> verdicts(int limit) {
    List<Verdict> verdicts = new ArrayList<>();
    places.entrySet().stream()
        .limit(limit)
        .forEach(
            entry -> {
              KeyDelta part =
                  entry
                      .getValue()
                      .map(id -> KeyDelta.of(NO_HEAD, id, held(id)))
                      .orElseGet(() -> KeyDelta.ofHead(state.head()));
              for (Trace trace : lattice.traces(part)) {
                if (entry.getKey().equals(trace.mark())) {
                  verdicts.add(
                      new Verdict(null, trace.effect(), trace.author(), trace.fate(state), null));
                }
              }
            });
    return verdicts;
  }

  private byte[] held(Bytes id) {
    byte[] cell = state.cell(id);
    return cell == null ? NO_HEAD : cell;
  }
}
