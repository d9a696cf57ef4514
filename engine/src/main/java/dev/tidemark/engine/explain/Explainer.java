package dev.tidemark.engine.explain;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyPart;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.lattice.Trace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Explains a value: is given the state, then the elements of the log that made it, in log order.
 *
 * <p>Keeps the newest traces that make the state and the newest that do not, each up to a limit,
 * and counts the rest: memory is that of twice so many effects, whatever the log holds. What a
 * trace lost to is named by the state where it says so (versions), else by the element that
 * overrode it (dots, totals). That one stands behind it in any log, which is causal, so it comes
 * while its loser is still kept, if it is kept to the end.
 */
public final class Explainer {
  private static final byte[] NO_HEAD = new byte[0];

  private final Lattice lattice;
  private final KeyView state;
  private final int limit;
  private final Map<Fate.Kind, Long> fates = new EnumMap<>(Fate.Kind.class);
  private final Deque<Pending> surviving = new ArrayDeque<>();
  private final Deque<Pending> others = new ArrayDeque<>();
  private final List<Pending> open = new ArrayList<>();
  private final Unmet unmet;
  private long order;
  private long items;
  private long folded;

  /**
   * An explainer of a key.
   *
   * @param state the key's state, all elements joined; must stay as it is
   * @param limit how many traces are shown of each of the two
   * @param wholeLog whether the log begins at the beginning; else the state may hold what the log
   *     does not
   */
  public Explainer(Lattice lattice, KeyView state, int limit, boolean wholeLog) {
    this.lattice = lattice;
    this.state = state;
    this.limit = limit;
    this.unmet = wholeLog ? Unmet.nothingOf(lattice, state) : Unmet.allOf(lattice, state);
  }

  /** Takes the next element of the log that names the key. */
  public void take(LogItem item, KeyDelta element) {
    take(item, KeyPart.WHOLE, element);
  }

  /** Takes a part of the next element that names the key; parts come in order. */
  public void take(LogItem item, KeyPart part, KeyDelta element) {
    open.removeIf(pending -> pending.settle(item, part, element));
    // Every part has the whole head: what that left counts once.
    KeyDelta left = part.last() ? element : new KeyDelta(NO_HEAD, element.cells());
    List<Trace> traces = lattice.traces(left);
    traces.forEach(trace -> take(item, trace));
    if (part.last()) {
      items++;
      folded += item.operation() == null ? 1 : 0;
      if (traces.isEmpty() && item.operation() != null) {
        take(item, NoTrace.NOTHING_SEEN);
      }
    }
  }

  /** Takes an operation on the key whose delta nobody has any more. */
  public void takeLost(LogItem item) {
    items++;
    take(item, NoTrace.LOST);
  }

  private void take(LogItem item, Trace trace) {
    Fate fate = trace.fate(state);
    fates.merge(fate.kind(), 1L, Long::sum);
    if (fate.survives()) {
      unmet.met(trace);
    }
    Deque<Pending> kept = fate.survives() ? surviving : others;
    Pending pending = new Pending(order++, item, trace, fate);
    kept.addLast(pending);
    if (fate.isOpen()) {
      open.add(pending);
    }
    if (kept.size() > limit) {
      open.remove(kept.removeFirst());
    }
  }

  /** What came of it. */
  public Explanation finish() {
    List<Pending> shown = new ArrayList<>(surviving);
    shown.addAll(others);
    shown.sort(Comparator.comparingLong(Pending::order));
    Map<Dot, LogItem> places = new HashMap<>();
    for (Pending pending : surviving) {
      if (pending.author() != null) {
        places.put(pending.author(), pending.item());
      }
    }
    return new Explanation(
        shown.stream().map(pending -> pending.verdict(places)).toList(),
        fates,
        items,
        folded,
        unmet.verdicts(limit),
        unmet.count(),
        unmet.isFull(),
        lattice.remains(state));
  }
}
