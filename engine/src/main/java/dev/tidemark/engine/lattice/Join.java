package dev.tidemark.engine.lattice;

import dev.tidemark.engine.codec.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one function through which anything changes: joins an element of a lattice into a key. */
public final class Join {
  private Join() {}

  /**
   * Joins what arrives into what is held. Touches the cells that the arriving element names, and
   * those of the ranges its head reaches; what is held elsewhere is not even read.
   */
  public static void into(Cells held, Lattice lattice, KeyDelta arriving) {
    held.head(cells(held, lattice, arriving, CellRange.ALL).head());
  }

  /**
   * Joins what arrives of the cells of a range, under a head that is whole. All ranges of an
   * element have to be joined, one after the other, and then the last with {@link #lastPart}: the
   * head claims that all its cells were joined, so until then it is not raised. Half done, it can
   * be begun again.
   */
  public static void part(Cells held, Lattice lattice, KeyDelta arriving, CellRange range) {
    cells(held, lattice, arriving, range);
  }

  /** Joins the last range of an element, and its head. */
  public static void lastPart(Cells held, Lattice lattice, KeyDelta arriving, CellRange range) {
    held.head(cells(held, lattice, arriving, range).head());
  }

  private static Lattice.HeadJoin cells(
      Cells held, Lattice lattice, KeyDelta arriving, CellRange within) {
    Lattice.HeadJoin join = lattice.join(held.head(), arriving.head());
    for (CellRange range : join.reach()) {
      sweep(held, join, arriving, range.intersect(within));
    }
    for (var entry : arriving.cells().entrySet()) {
      Bytes id = entry.getKey();
      byte[] left = held.cell(id);
      write(held, id, left, join.cell(id, left, entry.getValue()));
    }
    return join;
  }

  private static void sweep(Cells held, Lattice.HeadJoin join, KeyDelta arriving, CellRange range) {
    List<Bytes> ids = new ArrayList<>();
    List<byte @Nullable []> cells = new ArrayList<>();
    held.cells(
        range,
        (id, left) -> {
          if (!arriving.cells().containsKey(id)) {
            byte[] joined = join.cell(id, left, null);
            if (!Arrays.equals(left, joined)) {
              ids.add(id);
              cells.add(joined);
            }
          }
          return true;
        });
    for (int i = 0; i < ids.size(); i++) {
      held.cell(ids.get(i), cells.get(i));
    }
  }

  private static void write(
      Cells held, Bytes id, byte @Nullable [] before, byte @Nullable [] after) {
    if (!Arrays.equals(before, after)) {
      held.cell(id, after);
    }
  }
}
