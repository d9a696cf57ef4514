package dev.tidemark.engine.causal;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.lattice.Trace;
import org.jspecify.annotations.Nullable;

/**
 * An operation that put something into a cell.
 *
 * @param id the cell's id, or null for the root
 */
record DotTrace(Effect effect, @Nullable Bytes id, Dot author) implements Trace {
  @Override
  public @Nullable Bytes cellId() {
    return id;
  }

  @Override
  public Fate fate(KeyView state) {
    return cell(CausalHead.decode(state.head()), state).live().containsKey(author)
        ? Fate.stands(Rule.NOT_OVERRIDDEN)
        : Fate.lost(Rule.OVERRIDDEN, null);
  }

  @Override
  public @Nullable Rule overriddenBy(KeyDelta later, Fate.Kind fate) {
    CausalHead head = CausalHead.decode(later.head());
    DotCell cell = cell(head, later);
    if (cell.killed().contains(author)) {
      return cell.live().isEmpty() ? Rule.REMOVED : Rule.OVERWRITTEN;
    }
    if (head.kills().reach(id == null ? Bytes.EMPTY : id, author)) {
      return Rule.DELETED;
    }
    boolean overridden = head.context().contains(author) && !cell.live().containsKey(author);
    return overridden ? Rule.FOLDED_AWAY : null;
  }

  private DotCell cell(CausalHead head, KeyView element) {
    return id == null ? head.root() : DotCell.decode(element.cell(id));
  }
}
