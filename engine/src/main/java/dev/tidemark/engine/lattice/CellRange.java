package dev.tidemark.engine.lattice;

import dev.tidemark.engine.codec.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Cell ids from one, inclusive, up to another, exclusive; without an end if that is null. */
public record CellRange(Bytes from, @Nullable Bytes to) {
  /** Every cell. */
  public static final CellRange ALL = new CellRange(Bytes.EMPTY, null);

  /** No cell: the head alone. */
  public static final CellRange NONE = new CellRange(Bytes.EMPTY, Bytes.EMPTY);

  /** One cell. */
  public static CellRange only(Bytes id) {
    return new CellRange(id, next(id));
  }

  /** Whether no more than one cell can lie inside. */
  public boolean isAtMostOne() {
    return to != null && to.compareTo(next(from)) <= 0;
  }

  /** The cells whose id begins with the given bytes. */
  public static CellRange prefix(Bytes prefix) {
    return new CellRange(prefix, successor(prefix));
  }

  /** Whether the id lies inside. */
  public boolean contains(Bytes id) {
    return id.compareTo(from) >= 0 && (to == null || id.compareTo(to) < 0);
  }

  /** The cells that lie in both. */
  public CellRange intersect(CellRange other) {
    Bytes later = from.compareTo(other.from) >= 0 ? from : other.from;
    Bytes end = to;
    if (end == null || (other.to != null && other.to.compareTo(end) < 0)) {
      end = other.to;
    }
    return end == null || later.compareTo(end) < 0 ? new CellRange(later, end) : NONE;
  }

  /** The least byte string above the given one: it, and one zero byte. */
  private static Bytes next(Bytes id) {
    return Bytes.wrap(Arrays.copyOf(id.array(), id.length() + 1));
  }

  /** The least byte string above all that begin with the prefix, or null if there is none. */
  private static @Nullable Bytes successor(Bytes prefix) {
    byte[] bytes = prefix.array();
    int last = bytes.length - 1;
    while (last >= 0 && bytes[last] == (byte) 0xff) {
      last--;
    }
    if (last < 0) {
      return null;
    }
    byte[] next = Arrays.copyOf(bytes, last + 1);
    next[last]++;
    return Bytes.wrap(next);
  }
}
