package dev.tidemark.type;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.error.Problem;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Ranges of cells, as the methods of handles name them. */
final class Ranges {
  private Ranges() {}

  /** From one, inclusive, up to another, exclusive, and empty if that is not above the first. */
  static CellRange between(@Nullable Bytes from, @Nullable Bytes to) {
    Bytes start = from == null ? Bytes.EMPTY : from;
    return new CellRange(start, to != null && to.compareTo(start) < 0 ? start : to);
  }

  /** The part of a range behind an id. */
  static CellRange after(@Nullable Bytes last, CellRange range) {
    return last == null ? range : between(next(last), range.to());
  }

  /** Refuses a page without room. */
  static int limit(int limit) {
    if (limit < 1) {
      throw Problem.of("limit of a page is not above 0")
          .with("limit", limit)
          .advise("ask for 1 or more")
          .illegalArgument();
    }
    return limit;
  }

  /** The least id above another. */
  private static Bytes next(Bytes id) {
    return Bytes.wrap(Arrays.copyOf(id.array(), id.length() + 1));
  }
}
