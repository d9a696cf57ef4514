package dev.tidemark.storage.overlay;

import dev.tidemark.engine.codec.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A hash table from keys to ranked heads that lie in the log, without an object per key: records in
 * pages, and an open-addressed index of them. A record takes 20 bytes and its key, aligned, its
 * share of the index 12 to 24 bytes more, whatever the size of the value: so many more sets of one
 * key come to one write than if values were held. The index holds the hashes as well, so that a
 * look-up waits for the memory of one record and not of those before it too, which was a quarter of
 * a put. It is in {@value #PARTS} parts, which grow one by one: as a whole, an update waited 35 ms
 * for that. It lies beside the heap too: 8 to 16 MiB that lived through a collection were nearly
 * all of what that copied.
 *
 * <pre>
 *   0      8           16            18               20
 *   +------+-----------+-------------+----------------+-----+
 *   | rank | reference | namespace   | key length - 1 | key |
 *   | i64  | i64       | u16         | u16            |     |
 *   +------+-----------+-------------+----------------+-----+
 * </pre>
 *
 * Guarded by its generation.
 */
final class HeadTable {
  /** More are not told apart by {@link HeadOrder}. */
  static final int MOST_RECORDS = 1 << HeadOrder.INDEX_BITS;

  /** No such key. */
  static final int NONE = -1;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int RANK = 0;
  private static final int REFERENCE = 8;
  private static final int NAMESPACE = 16;
  private static final int KEY_LENGTH = 18;
  private static final int KEY = 20;

  private static final int ALIGNMENT_BITS = 3;
  private static final int PAGE_BITS = 20;
  private static final int PARTS = 1 << 8;
  private static final int PART_SHIFT = 32 - 8;
  private static final int UNIT_BITS = PAGE_BITS - ALIGNMENT_BITS;
  private static final int FIRST_PAGE_BITS = 12;
  private static final int FIRST_PAGE_BYTES = 1 << FIRST_PAGE_BITS;
  private static final int FIRST_PART_BYTES = 8 * Long.BYTES;

  /** Of a part without a record: one slot, which is free. */
  private static final ByteBuffer NO_SLOTS = ByteBuffer.allocateDirect(Long.BYTES);

  private final PagePool pool;
  private ByteBuffer[] pages = new ByteBuffer[4];

  /** Where the records of each page end. */
  private int[] ends = new int[4];

  private int lastPage = -1;

  /** A slot is a hash and, below it, a record's number and 1; or 0. */
  private ByteBuffer[] parts = new ByteBuffer[PARTS];

  private final int[] partCounts = new int[PARTS];
  private int count;
  private long bytes;

  HeadTable(PagePool pool) {
    this.pool = pool;
    Arrays.fill(parts, NO_SLOTS);
  }

  /** How many keys. */
  int count() {
    return count;
  }

  /** How much memory it takes beside what an empty one does, in bytes: its pages, and the index. */
  long bytes() {
    return bytes;
  }

  static int hash(Bytes key) {
    int h = key.hashCode() * 0x9e3779b9;
    return h ^ h >>> 15;
  }

  /** The record of a key, or {@link #NONE}. */
  int find(Bytes key, int hash) {
    ByteBuffer slots = parts[hash >>> PART_SHIFT];
    int mask = mask(slots);
    int at = hash * Long.BYTES & mask;
    for (long slot = slots.getLong(at); slot != 0; slot = slots.getLong(at)) {
      if (hashOf(slot) == hash && isOf(recordOf(slot), key)) {
        return recordOf(slot);
      }
      at = at + Long.BYTES & mask;
    }
    return NONE;
  }

  /** Has the processor fetch where a look-up begins; gives something of it. */
  int lookAtSlot(int hash) {
    return (int) firstSlot(hash);
  }

  /** Has the processor fetch the record that a look-up comes to first; gives something of it. */
  int lookAtRecord(int hash) {
    long slot = firstSlot(hash);
    if (slot == 0) {
      return 0;
    }
    ByteBuffer page = page(recordOf(slot));
    int at = at(recordOf(slot));
    return page.get(at) + page.get(at + KEY);
  }

  private long firstSlot(int hash) {
    ByteBuffer slots = parts[hash >>> PART_SHIFT];
    return slots.getLong(hash * Long.BYTES & mask(slots));
  }

  /** What is left of an offset of a slot in a part. */
  private static int mask(ByteBuffer slots) {
    return slots.capacity() - Long.BYTES;
  }

  private static int hashOf(long slot) {
    return (int) (slot >>> Integer.SIZE);
  }

  private static int recordOf(long slot) {
    return (int) slot - 1;
  }

  private boolean isOf(int record, Bytes key) {
    ByteBuffer page = page(record);
    int at = at(record);
    return keyLength(page, at) == key.length()
        && compare(page, at + KEY, key.array(), key.length()) == 0;
  }

  /** Takes a key that is not there yet. */
  void add(Bytes key, int hash, int namespace, long rank, long reference) {
    int part = hash >>> PART_SHIFT;
    partCounts[part]++;
    if (partCounts[part] * 3L * Long.BYTES >= parts[part].capacity() * 2L) {
      grow(part);
    }
    int record = allocate(KEY + key.length());
    ByteBuffer page = page(record);
    int at = at(record);
    page.putShort(at + NAMESPACE, (short) namespace);
    page.putShort(at + KEY_LENGTH, (short) (key.length() - 1));
    page.put(at + KEY, key.array(), 0, key.length());
    replace(record, rank, reference);
    enter(parts[part], slot(hash, record));
    count++;
  }

  /** Gives a key another head. */
  void replace(int record, long rank, long reference) {
    ByteBuffer page = page(record);
    int at = at(record);
    page.putLong(at + RANK, rank);
    page.putLong(at + REFERENCE, reference);
  }

  private static long slot(int hash, int record) {
    return (long) hash << Integer.SIZE | record + 1;
  }

  private static void enter(ByteBuffer slots, long entered) {
    int mask = mask(slots);
    int at = hashOf(entered) * Long.BYTES & mask;
    while (slots.getLong(at) != 0) {
      at = at + Long.BYTES & mask;
    }
    slots.putLong(at, entered);
  }

  private void grow(int part) {
    ByteBuffer before = parts[part];
    ByteBuffer slots = pool.take(before == NO_SLOTS ? FIRST_PART_BYTES : before.capacity() * 2);
    for (int at = 0; at < slots.capacity(); at += Long.BYTES) {
      slots.putLong(at, 0);
    }
    for (int at = 0; at < before.capacity(); at += Long.BYTES) {
      long entered = before.getLong(at);
      if (entered != 0) {
        enter(slots, entered);
      }
    }
    parts[part] = slots;
    bytes += slots.capacity() - (before == NO_SLOTS ? 0 : before.capacity());
    giveBack(before);
  }

  private void giveBack(ByteBuffer slots) {
    if (slots != NO_SLOTS) {
      pool.give(slots);
    }
  }

  private static int size(ByteBuffer page, int at) {
    return aligned(KEY + keyLength(page, at));
  }

  private static int aligned(int size) {
    return size + (1 << ALIGNMENT_BITS) - 1 & -(1 << ALIGNMENT_BITS);
  }

  private int allocate(int size) {
    int room = aligned(size);
    if (lastPage < 0 || ends[lastPage] + room > pages[lastPage].capacity()) {
      addPage(room);
    }
    int at = ends[lastPage];
    ends[lastPage] = at + room;
    return record(lastPage, at);
  }

  private void addPage(int least) {
    if (lastPage + 1 == pages.length) {
      pages = Arrays.copyOf(pages, pages.length * 2);
      ends = Arrays.copyOf(ends, ends.length * 2);
    }
    int usual = FIRST_PAGE_BYTES << Math.min(lastPage + 1, PAGE_BITS - FIRST_PAGE_BITS);
    int size = Math.max(Integer.highestOneBit(least - 1) << 1, usual);
    pages[lastPage + 1] = pool.take(size);
    lastPage++;
    ends[lastPage] = 0;
    bytes += size;
  }

  /** Lets the next ones have its pages; nothing may be asked any more. */
  void release() {
    ByteBuffer[] left = pages;
    int count = lastPage + 1;
    lastPage = -1;
    pages = new ByteBuffer[0];
    for (int page = 0; page < count; page++) {
      pool.give(left[page]);
    }
    ByteBuffer[] slots = parts;
    parts = new ByteBuffer[0];
    for (ByteBuffer part : slots) {
      giveBack(part);
    }
  }

  private static int record(int page, int at) {
    return page << UNIT_BITS | at >>> ALIGNMENT_BITS;
  }

  private ByteBuffer page(int record) {
    return pages[record >>> UNIT_BITS];
  }

  private static int at(int record) {
    return (record & (1 << UNIT_BITS) - 1) << ALIGNMENT_BITS;
  }

  private static int keyLength(ByteBuffer page, int at) {
    return (page.getShort(at + KEY_LENGTH) & 0xffff) + 1;
  }

  long rank(int record) {
    return page(record).getLong(at(record) + RANK);
  }

  long reference(int record) {
    return page(record).getLong(at(record) + REFERENCE);
  }

  int namespace(int record) {
    return page(record).getShort(at(record) + NAMESPACE) & 0xffff;
  }

  int keyLength(int record) {
    return keyLength(page(record), at(record));
  }

  Bytes key(int record) {
    byte[] key = new byte[keyLength(record)];
    page(record).get(at(record) + KEY, key);
    return Bytes.wrap(key);
  }

  /** Extends, for each of some places of keys, what occurs there by the bytes of one. */
  void range(int record, int from, int[] least, int[] greatest) {
    ByteBuffer page = page(record);
    int at = at(record);
    int length = keyLength(page, at);
    for (int place = 0; place < least.length; place++) {
      int symbol = symbol(page, at, length, from + place);
      least[place] = Math.min(least[place], symbol);
      greatest[place] = Math.max(greatest[place], symbol);
    }
  }

  /** The number that some bytes of a key are. */
  long number(int record, KeyNumbers numbers) {
    ByteBuffer page = page(record);
    int at = at(record);
    int length = keyLength(page, at);
    long number = 0;
    for (int place = 0; place < numbers.bytes(); place++) {
      number = numbers.append(number, place, symbol(page, at, length, numbers.from() + place));
    }
    return number;
  }

  private static int symbol(ByteBuffer page, int at, int length, int i) {
    return i < length ? (page.get(at + KEY + i) & 0xff) + 1 : 0;
  }

  /** Compares two keys. */
  int compare(int left, int right) {
    ByteBuffer page = page(left);
    ByteBuffer other = page(right);
    int at = at(left);
    int otherAt = at(right);
    int length = keyLength(page, at);
    int otherLength = keyLength(other, otherAt);
    int order = compare(page, at + KEY, other, otherAt + KEY, Math.min(length, otherLength));
    return order != 0 ? order : length - otherLength;
  }

  private static int compare(ByteBuffer page, int at, ByteBuffer other, int otherAt, int length) {
    int i = 0;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      long here = page.getLong(at + i);
      long there = other.getLong(otherAt + i);
      if (here != there) {
        return Long.compareUnsigned(Long.reverseBytes(here), Long.reverseBytes(there));
      }
    }
    for (; i < length; i++) {
      int order = Byte.compareUnsigned(page.get(at + i), other.get(otherAt + i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /** Compares a key with another. */
  int compare(int left, Bytes right) {
    ByteBuffer page = page(left);
    int at = at(left);
    int length = keyLength(page, at);
    int order = compare(page, at + KEY, right.array(), Math.min(length, right.length()));
    return order != 0 ? order : length - right.length();
  }

  /** Compares bytes of a page with those of an array. */
  private static int compare(ByteBuffer page, int at, byte[] other, int length) {
    int i = 0;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      long here = page.getLong(at + i);
      long there = (long) LONG.get(other, i);
      if (here != there) {
        return Long.compareUnsigned(Long.reverseBytes(here), Long.reverseBytes(there));
      }
    }
    for (; i < length; i++) {
      int order = Byte.compareUnsigned(page.get(at + i), other[i]);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /** The records, in the order in which they were added. */
  int[] records() {
    int[] records = new int[count];
    int n = 0;
    for (int page = 0; page <= lastPage; page++) {
      for (int at = 0; at < ends[page]; at += size(pages[page], at)) {
        records[n++] = record(page, at);
      }
    }
    return records;
  }
}
