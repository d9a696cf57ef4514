package dev.tidemark.engine.lattice;

import dev.tidemark.engine.codec.Bytes;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The join of a view and an element, computed cell by cell as it is read: how pending deltas show
 * in reads before they are folded. Views nest, one for each run of pending deltas.
 */
public final class JoinedView implements KeyView {
  private final KeyView left;
  private final KeyDelta right;
  private final Lattice.HeadJoin join;

  /** Joins lazily; the element must not change while the view is read. */
  public JoinedView(Lattice lattice, KeyView left, KeyDelta right) {
    this.left = left;
    this.right = right;
    this.join = lattice.join(left.head(), right.head());
  }

  @Override
  public byte[] head() {
    return join.head();
  }

  @Override
  public byte @Nullable [] cell(Bytes id) {
    return join.cell(id, left.cell(id), right.cell(id));
  }

  @Override
  public void cells(CellRange range, CellVisitor visitor) {
    Merge merge = new Merge(range, visitor);
    left.cells(range, merge);
    merge.finish();
  }

  /** Walks the left cells as they come and slips the right ones in between, in order. */
  private final class Merge implements CellVisitor {
    private final CellVisitor visitor;
    private final Iterator<Map.Entry<Bytes, byte[]>> rights;
    private Map.@Nullable Entry<Bytes, byte[]> next;
    private boolean more = true;

    Merge(CellRange range, CellVisitor visitor) {
      this.visitor = visitor;
      var tail = right.cells().tailMap(range.from());
      Bytes to = range.to();
      this.rights = (to == null ? tail : tail.headMap(to)).entrySet().iterator();
      advance();
    }

    @Override
    public boolean visit(Bytes id, byte[] leftCell) {
      var pending = next;
      while (more && pending != null && pending.getKey().compareTo(id) < 0) {
        emit(pending.getKey(), null, pending.getValue());
        pending = advance();
      }
      if (!more) {
        return false;
      }
      if (pending != null && pending.getKey().equals(id)) {
        emit(id, leftCell, pending.getValue());
        advance();
      } else {
        emit(id, leftCell, null);
      }
      return more;
    }

    void finish() {
      var pending = next;
      while (more && pending != null) {
        emit(pending.getKey(), null, pending.getValue());
        pending = advance();
      }
    }

    private void emit(Bytes id, byte @Nullable [] leftCell, byte @Nullable [] rightCell) {
      byte[] joined = join.cell(id, leftCell, rightCell);
      if (joined != null) {
        more = visitor.visit(id, joined);
      }
    }

    private Map.@Nullable Entry<Bytes, byte[]> advance() {
      next = rights.hasNext() ? rights.next() : null;
      return next;
    }
  }
}
