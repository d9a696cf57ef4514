package dev.tidemark.tools.load;

import dev.tidemark.type.Durability;
import java.util.Arrays;
import java.util.BitSet;

/** What one writer was told, by index. */
final class LaneAcks {
  private static final LaneAcks NONE = new LaneAcks();

  private long[] from = new long[64];
  private long[] to = new long[64];
  private final BitSet missing = new BitSet();
  private int count;
  private long greatestSynced;

  /** Of a writer that was told nothing. */
  static LaneAcks none() {
    return NONE;
  }

  /** Takes the next line; false if it does not come behind the last. */
  boolean add(Acknowledgement ack) {
    if (ack.index() <= count || ack.index() >= Integer.MAX_VALUE || ack.to() < ack.from()) {
      return false;
    }
    long before = count == 0 ? 0 : from[count - 1];
    while (count < ack.index() - 1) {
      // A line that is not there any more: the writer was told, or it would not have gone on.
      missing.set(count);
      put(before, ack.to());
    }
    put(ack.from(), ack.to());
    if (ack.durability() == Durability.SYNCED) {
      greatestSynced = Math.max(greatestSynced, ack.to());
    }
    return true;
  }

  private void put(long first, long last) {
    if (count == from.length) {
      from = Arrays.copyOf(from, count * 2);
      to = Arrays.copyOf(to, count * 2);
    }
    from[count] = first;
    to[count] = last;
    count++;
  }

  /** The greatest index. */
  long count() {
    return count;
  }

  /** Lines that are there. */
  long lines() {
    return (long) count - missing.cardinality();
  }

  /** Indices below the greatest that have no line. */
  long[] missing() {
    return missing.stream().mapToLong(at -> at + 1L).toArray();
  }

  /** The lowest position that a commit can have. */
  long from(long index) {
    return from[(int) index - 1];
  }

  /** The greatest position that a commit can have. */
  long to(long index) {
    return to[(int) index - 1];
  }

  /** A position up to which the log survives a power loss, going by this writer alone. */
  long greatestSynced() {
    return greatestSynced;
  }

  /** How many commits lie at or below a position for certain. */
  long surelyWithin(long position) {
    long found = 0;
    while (found < count && to[(int) found] <= position) {
      found++;
    }
    return found;
  }

  /** How many commits can lie at or below a position. */
  long possiblyWithin(long position) {
    long found = count;
    while (found > 0 && from[(int) found - 1] > position) {
      found--;
    }
    return found;
  }

  /** The index of the commit that is told to be at exactly a position, or 0. */
  long indexAt(long position) {
    int found = Arrays.binarySearch(from, 0, count, position);
    return found >= 0 && to[found] == position ? found + 1L : 0;
  }
}
