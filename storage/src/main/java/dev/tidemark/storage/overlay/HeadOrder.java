package dev.tidemark.storage.overlay;

import java.util.Arrays;

/**
 * Sorts the records of a table by their keys: the first bytes of each key in which they differ and
 * its number in one long, so that a sort of primitives does it; those that are equal so far by what
 * follows. Of a byte only the values that occur at its place take room, so of keys with digits 11
 * go into a long where 5 bytes would: what a sort waits for is the memory of keys that it comes
 * back to.
 */
final class HeadOrder {
  static final int INDEX_BITS = 24;

  /** All numbers of keys are below this, and so every long is positive. */
  private static final long NUMBERS = 1L << (Long.SIZE - 1 - INDEX_BITS);

  private static final int STEP_BYTES = 16;
  private static final int FEW = 12;
  private static final int LONGEST_KEY = 1 << 16;

  private final HeadTable table;
  private final int[] records;
  private final long[] packed;

  private HeadOrder(HeadTable table) {
    this.table = table;
    this.records = table.records();
    this.packed = new long[records.length];
  }

  /** The records of a table in the order of their keys. */
  static int[] of(HeadTable table) {
    HeadOrder order = new HeadOrder(table);
    for (int i = 0; i < order.packed.length; i++) {
      order.packed[i] = i;
    }
    order.sort(0, order.packed.length, 0);
    int[] sorted = new int[order.packed.length];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = order.record(i);
    }
    return sorted;
  }

  private int record(int i) {
    return records[index(i)];
  }

  private int index(int i) {
    return (int) packed[i] & (1 << INDEX_BITS) - 1;
  }

  private void sort(int from, int to, int depth) {
    int at = depth;
    while (to - from > FEW && at <= LONGEST_KEY) {
      KeyNumbers numbers = numbers(from, to, at);
      at += numbers.bytes();
      // Where all are the same, as a common prefix is, there is nothing to sort.
      if (!numbers.areOne()) {
        for (int i = from; i < to; i++) {
          packed[i] = table.number(record(i), numbers) << INDEX_BITS | index(i);
        }
        Arrays.sort(packed, from, to);
        sortEquals(from, to, at);
        return;
      }
    }
    insert(from, to);
  }

  private KeyNumbers numbers(int from, int to, int at) {
    int[] least = new int[STEP_BYTES];
    int[] greatest = new int[STEP_BYTES];
    Arrays.fill(least, Integer.MAX_VALUE);
    for (int i = from; i < to; i++) {
      table.range(record(i), at, least, greatest);
    }
    return KeyNumbers.of(at, least, greatest, NUMBERS);
  }

  private void sortEquals(int from, int to, int depth) {
    int begin = from;
    for (int i = from + 1; i <= to; i++) {
      if (i == to || packed[i] >>> INDEX_BITS != packed[begin] >>> INDEX_BITS) {
        if (i - begin > 1) {
          sort(begin, i, depth);
        }
        begin = i;
      }
    }
  }

  private void insert(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long moving = packed[i];
      int record = record(i);
      int j = i;
      while (j > from && table.compare(record(j - 1), record) > 0) {
        packed[j] = packed[j - 1];
        j--;
      }
      packed[j] = moving;
    }
  }
}
