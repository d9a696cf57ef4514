package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keys from one, inclusive, up to another, exclusive; without an end if that is null.
 *
 * @param from the least key
 * @param to the least key that is too great, or null
 */
public record KeyRange(Bytes from, @Nullable Bytes to) {
  /** Every key. */
  public static final KeyRange ALL = new KeyRange(Bytes.EMPTY, null);

  /** The keys that begin with the given bytes. */
  public static KeyRange prefix(Bytes prefix) {
    return new KeyRange(prefix, CellRange.prefix(prefix).to());
  }

  /** What of this range is at or above a key. */
  public KeyRange startingAt(Bytes key) {
    return new KeyRange(key.compareTo(from) > 0 ? key : from, to);
  }

  /** What of this range is above a key. */
  public KeyRange after(Bytes key) {
    // A key's successor in byte order is the key with one zero byte more.
    return startingAt(Bytes.wrap(Arrays.copyOf(key.array(), key.length() + 1)));
  }
}
