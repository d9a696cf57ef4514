package dev.tidemark.storage.compaction;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.storage.run.PackedRecord;
import java.util.Arrays;

/**
 * Whole records in the order in which they came, one behind the other, and a hash table of their
 * keys.
 *
 * <pre>
 *   link i32    where the record before of the same key begins, or -1
 *   length i32
 *   record
 * </pre>
 *
 * <p>Memory: its bytes, at most twice; 24 bytes a key.
 */
final class LinkedRecords {
  private static final int NONE = -1;
  private static final int HEADER_BYTES = 8;

  private final ByteWriter bytes = new ByteWriter(1 << 16);
  private int count;

  /** Of each key: its newest record, and its hash. */
  private int[] newest = new int[1 << 10];

  private int[] hashes = new int[1 << 10];
  private int keys;

  /** One more than the number of a key; 0 is free. At least half of it is. */
  private int[] table = new int[1 << 11];

  /** How many bytes. */
  int length() {
    return bytes.length();
  }

  /** How many records. */
  int count() {
    return count;
  }

  /** How many keys they have. */
  int keys() {
    return keys;
  }

  /**
   * Adds an operation of a commit. A record is an operation with one byte more: that it is of all
   * of its key.
   *
   * @param start where its namespace begins in the array
   * @param keyAt where its key begins
   * @param keyEnd where its key ends
   * @param end where it ends
   */
  void add(byte[] array, int start, int keyAt, int keyEnd, int end) {
    link(array, start, keyAt, keyEnd - keyAt, end - start + 1);
    bytes.raw(array, start, keyEnd - start).u8(PackedRecord.WHOLE).raw(array, keyEnd, end - keyEnd);
  }

  /** Adds a record. */
  void add(PackedRecord entry) {
    link(entry.array(), entry.offset(), entry.keyAt(), entry.keyLength(), entry.length());
    bytes.raw(entry.array(), entry.offset(), entry.length());
  }

  private void link(byte[] array, int start, int keyAt, int keyLength, int length) {
    int hash = hash(array, keyAt, keyLength);
    int mask = table.length - 1;
    int place = hash & mask;
    while (table[place] != 0 && !isKey(table[place] - 1, hash, array, start, keyAt, keyLength)) {
      place = (place + 1) & mask;
    }
    int before = NONE;
    int key = table[place] - 1;
    if (key < 0) {
      key = newKey(place, hash);
    } else {
      before = newest[key];
    }
    newest[key] = bytes.length();
    count++;
    bytes.i32(before).i32(length);
  }

  private static int hash(byte[] array, int from, int length) {
    int hash = 1;
    for (int i = from; i < from + length; i++) {
      hash = 31 * hash + array[i];
    }
    return hash ^ hash >>> 15;
  }

  private boolean isKey(int key, int hash, byte[] array, int start, int keyAt, int keyLength) {
    if (hashes[key] != hash) {
      return false;
    }
    // The same namespace, the same length of the key, the same key: these bytes lie together.
    int at = newest[key] + HEADER_BYTES;
    int head = keyAt + keyLength - start;
    byte[] kept = bytes.buffer();
    return Arrays.equals(kept, at, Math.min(at + head, bytes.length()), array, start, start + head);
  }

  private int newKey(int place, int hash) {
    if (keys == newest.length) {
      newest = Arrays.copyOf(newest, 2 * keys);
      hashes = Arrays.copyOf(hashes, 2 * keys);
    }
    hashes[keys] = hash;
    table[place] = keys + 1;
    keys++;
    if (2 * keys > table.length) {
      grow();
    }
    return keys - 1;
  }

  private void grow() {
    table = new int[2 * table.length];
    int mask = table.length - 1;
    for (int key = 0; key < keys; key++) {
      int place = hashes[key] & mask;
      while (table[place] != 0) {
        place = (place + 1) & mask;
      }
      table[place] = key + 1;
    }
  }

  /** The newest record of each key, by place. */
  PackedRecord[] sorted() {
    PackedRecord[] sorted = new PackedRecord[keys];
    for (int key = 0; key < keys; key++) {
      sorted[key] = record(newest[key]);
    }
    Arrays.sort(sorted, PackedRecord::comparePlace);
    return sorted;
  }

  /** Joins the records of a key, from the oldest on. */
  void join(PackedRecord newestOfKey, KeyFold fold) {
    int at = newestOfKey.offset() - HEADER_BYTES;
    int records = 0;
    for (int link = at; link != NONE; link = i32(link)) {
      records++;
    }
    int[] links = new int[records];
    for (int link = at; link != NONE; link = i32(link)) {
      links[--records] = link;
    }
    for (int link : links) {
      fold.add(record(link));
    }
    fold.finish();
  }

  /** The records after the joins of each key. */
  LinkedRecords joined() {
    LinkedRecords joined = new LinkedRecords();
    KeyFold fold = new KeyFold(joined::add);
    for (int key = 0; key < keys; key++) {
      join(record(newest[key]), fold);
    }
    return joined;
  }

  private PackedRecord record(int link) {
    return PackedRecord.at(bytes.buffer(), link + HEADER_BYTES, i32(link + Integer.BYTES));
  }

  private int i32(int at) {
    return new ByteReader(bytes.buffer(), at, Integer.BYTES).i32();
  }

  /** Forgets all records, and keeps the room. */
  void clear() {
    bytes.reset();
    count = 0;
    keys = 0;
    Arrays.fill(table, 0);
  }
}
