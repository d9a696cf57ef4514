package dev.tidemark.storage.blob;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.Bytes;

/**
 * A set of hashes, by the first 128 of their 256 bits: 21 to 43 bytes for each, half as many again
 * while it grows. Two chunks that share those bits, which nobody has ever made, would be kept
 * together.
 */
final class ChunkSet {
  private static final int FIRST_SLOTS = 1 << 10;

  private long[] slots = new long[2 * FIRST_SLOTS];
  private boolean hasZero;
  private int size;

  /** Adds a hash; false if it was there. */
  boolean add(Bytes hash) {
    ByteReader in = new ByteReader(hash.array());
    long high = in.i64();
    long low = in.i64();
    if ((high | low) == 0) {
      boolean isNew = !hasZero;
      hasZero = true;
      return isNew;
    }
    if (!put(slots, high, low)) {
      return false;
    }
    size++;
    // Three quarters full at most.
    if (size > slots.length / 8 * 3) {
      grow();
    }
    return true;
  }

  boolean contains(Bytes hash) {
    ByteReader in = new ByteReader(hash.array());
    long high = in.i64();
    long low = in.i64();
    if ((high | low) == 0) {
      return hasZero;
    }
    int at = find(slots, high, low);
    return (slots[at] | slots[at + 1]) != 0;
  }

  /** How many there are. */
  int size() {
    return hasZero ? size + 1 : size;
  }

  private void grow() {
    long[] larger = new long[Math.multiplyExact(slots.length, 2)];
    for (int i = 0; i < slots.length; i += 2) {
      if ((slots[i] | slots[i + 1]) != 0) {
        put(larger, slots[i], slots[i + 1]);
      }
    }
    slots = larger;
  }

  private static boolean put(long[] slots, long high, long low) {
    int at = find(slots, high, low);
    boolean isNew = (slots[at] | slots[at + 1]) == 0;
    slots[at] = high;
    slots[at + 1] = low;
    return isNew;
  }

  /** Where a hash is, or the free slot where it would be. */
  private static int find(long[] slots, long high, long low) {
    int mask = slots.length / 2 - 1;
    // The bits of a hash are as good as drawn, whoever made the content: no need to mix them.
    for (int slot = (int) low & mask; ; slot = (slot + 1) & mask) {
      int at = 2 * slot;
      boolean isFree = (slots[at] | slots[at + 1]) == 0;
      if (isFree || (slots[at] == high && slots[at + 1] == low)) {
        return at;
      }
    }
  }
}
