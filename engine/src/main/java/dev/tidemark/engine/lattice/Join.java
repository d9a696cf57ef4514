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
    into(held, lattice, arriving, KeyPart.WHOLE);
  }

  /** The same with an element that has the cells of one part of the key only, all in its range. */
  public static void into(Cells held, Lattice lattice, KeyDelta arriving, KeyPart part) {
    Lattice.HeadJoin join = lattice.join(held.head(), arriving.head());
    for (CellRange reach : join.reach()) {
      sweep(held, join, arriving, reach.intersect(part.range()));
    }
    for (var entry : arriving.cells().entrySet()) {
      Bytes id = entry.getKey();
      byte[] left = held.cell(id);
      write(held, id, left, join.cell(id, left, entry.getValue()));
    }
    if (part.last()) {
      held.head(join.head());
    }
  }

  /**
   * Puts an element in the place of what is held, or of the part of it that the element speaks of:
   * what that was joined into nothing comes to. Again it changes nothing.
   */
  public static void instead(Cells held, Lattice lattice, KeyDelta whole, KeyPart part) {
    Lattice.HeadJoin join = lattice.join(lattice.bottom(), whole.head());
    List<Bytes> gone = new ArrayList<>();
    held.cells(
        part.range(),
        (id, cell) -> {
          if (!whole.cells().containsKey(id)) {
            gone.add(id);
          }
          return true;
        });
    gone.forEach(id -> held.cell(id, null));
    for (var entry : whole.cells().entrySet()) {
      Bytes id = entry.getKey();
      write(held, id, held.cell(id), join.cell(id, null, entry.getValue()));
    }
    if (part.last()) {
      held.head(join.head());
    }
  }

  /**
   * Whether joining what arrives may change what is held. It may not if it was joined before; where
   * it reaches cells that it does not name, the answer is yes without a look at them.
   */
  public static boolean changes(KeyView held, Lattice lattice, KeyDelta arriving) {
    byte[] head = held.head();
    Lattice.HeadJoin join = lattice.join(head, arriving.head());
    if (!Arrays.equals(join.head(), head) || !join.reach().isEmpty()) {
      return true;
    }
    for (var entry : arriving.cells().entrySet()) {
      Bytes id = entry.getKey();
      byte[] left = held.cell(id);
      if (!Arrays.equals(left, join.cell(id, left, entry.getValue()))) {
        return true;
      }
    }
    return false;
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
