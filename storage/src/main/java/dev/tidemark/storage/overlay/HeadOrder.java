package dev.tidemark.storage.overlay;

import java.util.Arrays;

/**
 * Sorts the records of a table by their keys: five bytes of each key and its number in one long, so
 * that a sort of primitives does it; those that are equal so far by their next five bytes.
 */
final class HeadOrder {
  static final int INDEX_BITS = 24;

  private static final int STEP_BYTES = 5;
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
    return records[(int) packed[i] & (1 << INDEX_BITS) - 1];
  }

  private void sort(int from, int to, int depth) {
    int at = depth;
    while (true) {
      if (to - from <= FEW || at > LONGEST_KEY) {
        insert(from, to);
        return;
      }
      for (int i = from; i < to; i++) {
        long index = packed[i] & (1 << INDEX_BITS) - 1;
        packed[i] = table.fiveBytes(records[(int) index], at) << INDEX_BITS | index;
      }
      at += STEP_BYTES;
      // Bytes above 0x7f make the number negative.
      sortUnsigned(from, to);
      if (packed[from] >>> INDEX_BITS != packed[to - 1] >>> INDEX_BITS) {
        break;
      }
      // All are the same here, as a common prefix is: no depth of calls for that.
    }
    sortEquals(from, to, at);
  }

  private void sortUnsigned(int from, int to) {
    for (int i = from; i < to; i++) {
      packed[i] ^= Long.MIN_VALUE;
    }
    Arrays.sort(packed, from, to);
    for (int i = from; i < to; i++) {
      packed[i] ^= Long.MIN_VALUE;
    }
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
