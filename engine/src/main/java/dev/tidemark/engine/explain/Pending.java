package dev.tidemark.engine.explain;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyPart;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.lattice.Trace;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A trace that is kept to be shown. */
final class Pending {
  private final long order;
  private final LogItem item;
  private final Trace trace;
  private final @Nullable Dot author;
  private Fate fate;
  private @Nullable LogItem winner;

  Pending(long order, LogItem item, Trace trace, Fate fate) {
    this.order = order;
    this.item = item;
    this.trace = trace;
    this.author = item.operation() == null ? trace.author() : item.operation().dot();
    this.fate = fate;
  }

  /** Its place among all traces. */
  long order() {
    return order;
  }

  LogItem item() {
    return item;
  }

  @Nullable Dot author() {
    return author;
  }

  /** Whether an element that stands later is what it lost to. */
  boolean settle(LogItem laterItem, KeyPart part, KeyDelta later) {
    if (trace.cellId() != null && !part.range().contains(trace.cellId())) {
      return false;
    }
    Rule rule = trace.overriddenBy(later, fate.kind());
    if (rule == null) {
      return false;
    }
    winner = laterItem;
    Dot dot = laterItem.operation() == null ? null : laterItem.operation().dot();
    fate = new Fate(fate.kind(), rule, dot);
    return true;
  }

  /** What became of it, given where operations stand that may have been its winner. */
  Verdict verdict(Map<Dot, LogItem> places) {
    LogItem place = winner == null && fate.winner() != null ? places.get(fate.winner()) : winner;
    return new Verdict(item, trace.effect(), author, fate, place);
  }
}
