package dev.tidemark.engine.lattice;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.codec.Bytes;
import org.jspecify.annotations.Nullable;

/** One thing that an element, a single delta or a folded one, leaves in its key. */
public interface Trace {
  /** It, in words of the strategy. */
  Effect effect();

  /** The operation that left it, if the element says so: the delta of one operation need not. */
  default @Nullable Dot author() {
    return null;
  }

  /** The cell that it is in; null if it is in the head. */
  default @Nullable Bytes cellId() {
    return null;
  }

  /**
   * By what it is known again in a state that it survives in: the same for the same thing in any
   * element. Null if it cannot be.
   */
  default @Nullable Object mark() {
    return author();
  }

  /** What became of it in a state that it was joined into. */
  Fate fate(KeyView state);

  /**
   * By which rule an element that stands later in the log makes it what it became; null if this one
   * does not. Asked only of what {@linkplain Fate#isOpen() a state cannot say}.
   */
  default @Nullable Rule overriddenBy(KeyDelta later, Fate.Kind fate) {
    return null;
  }
}
