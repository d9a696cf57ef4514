package dev.tidemark.storage.run;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.error.MalformedException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A record as the bytes of {@link RunCodec}, of which only the place in a run has been looked at:
 * what is sorted and merged is decoded where two of a key meet, and copied where none do.
 *
 * <p>The bytes are not copied: whoever made the array leaves it as it is while the record is used.
 */
public final class PackedRecord {
  /** Says that a record is of all of its key. */
  public static final int WHOLE = RunCodec.WHOLE;

  private static final VarHandle LONG_BE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int PREFIX_LENGTH = 1;
  private static final int KEY_LENGTH = 2;

  private final byte[] array;
  private final int offset;
  private final int length;
  private final int keyAt;
  private final int keyLength;

  /** The first eight bytes of the prefix and of what follows it: they decide almost always. */
  private final long prefixOrder;

  private final long keyOrder;

  private PackedRecord(byte[] array, int offset, int length, int keyAt, int keyLength) {
    this.array = array;
    this.offset = offset;
    this.length = length;
    this.keyAt = keyAt;
    this.keyLength = keyLength;
    int prefixLength = prefixLength();
    this.prefixOrder = order(array, keyAt, keyAt + prefixLength);
    this.keyOrder = order(array, keyAt + prefixLength, keyAt + keyLength);
  }

  /** Packs a record. */
  public static PackedRecord of(RunRecord entry) {
    ByteWriter out = new ByteWriter(RunCodec.roomFor(entry));
    RunCodec.encode(entry, out);
    return read(new ByteReader(out.buffer(), 0, out.length()), out.buffer());
  }

  /**
   * Passes over a record.
   *
   * @param in stands at the record
   * @param array what it reads from
   * @throws MalformedException if there is none
   */
  static PackedRecord read(ByteReader in, byte[] array) {
    int offset = in.position();
    in.skip(1);
    int prefixLength = in.u8();
    int keyLength = in.count("key bytes", Limits.MAX_KEY_BYTES);
    int keyAt = in.position();
    in.skip(keyLength);
    if (keyLength == 0 || prefixLength > keyLength) {
      throw in.malformed("key is shorter than its prefix");
    }
    RunCodec.skipPart(in);
    in.slice("delta bytes");
    return new PackedRecord(array, offset, in.position() - offset, keyAt, keyLength);
  }

  /** Reads a record whose bytes are known to be one. */
  public static PackedRecord at(byte[] array, int offset, int length) {
    ByteReader in = new ByteReader(array, offset + KEY_LENGTH, length - KEY_LENGTH);
    int keyLength = in.count("key bytes", Limits.MAX_KEY_BYTES);
    return new PackedRecord(array, offset, length, in.position(), keyLength);
  }

  /** The first eight bytes of a part of an array, zeros behind its end: ordered unsigned. */
  private static long order(byte[] array, int from, int to) {
    if (from + Long.BYTES <= array.length) {
      long word = (long) LONG_BE.get(array, from);
      int bytes = to - from;
      return bytes >= Long.BYTES ? word : bytes == 0 ? 0 : word & (-1L << (64 - 8 * bytes));
    }
    long word = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      word = word << 8 | (from + i < to ? array[from + i] & 0xff : 0);
    }
    return word;
  }

  /**
   * Reads the record, and holds its delta to its strategy and to the limits.
   *
   * @throws MalformedException naming what is wrong
   */
  public RunRecord decode() {
    ByteReader in = new ByteReader(array, offset, length);
    RunRecord entry = RunCodec.decode(in);
    in.expectEnd();
    return entry;
  }

  /** The array that holds it. */
  public byte[] array() {
    return array;
  }

  /** Where it begins. */
  public int offset() {
    return offset;
  }

  /** How many bytes it takes. */
  public int length() {
    return length;
  }

  /** Where its key begins. */
  public int keyAt() {
    return keyAt;
  }

  /** How many bytes its key has. */
  public int keyLength() {
    return keyLength;
  }

  /** Whether it is all that the run says of its key, or of a part of its history. */
  public boolean isWhole() {
    return array[keyAt + keyLength] == RunCodec.WHOLE;
  }

  /** Whether both are of one key of one namespace. */
  public boolean isOfSameKey(PackedRecord other) {
    return keyOrder == other.keyOrder
        && keyLength == other.keyLength
        && prefixLength() == other.prefixLength()
        && comparePlace(other) == 0;
  }

  /** Compares the places of two records in a run: by prefix, then by key. */
  public int comparePlace(PackedRecord other) {
    int byPrefix = Long.compareUnsigned(prefixOrder, other.prefixOrder);
    if (byPrefix != 0) {
      return byPrefix;
    }
    int prefixLength = prefixLength();
    int otherPrefixLength = other.prefixLength();
    if (prefixLength != otherPrefixLength || prefixLength > Long.BYTES) {
      byPrefix =
          Arrays.compareUnsigned(
              array,
              keyAt,
              keyAt + prefixLength,
              other.array,
              other.keyAt,
              other.keyAt + otherPrefixLength);
      if (byPrefix != 0) {
        return byPrefix;
      }
    }
    int byKey = Long.compareUnsigned(keyOrder, other.keyOrder);
    return byKey != 0
        ? byKey
        : Arrays.compareUnsigned(
            array,
            keyAt + prefixLength,
            keyAt + keyLength,
            other.array,
            other.keyAt + otherPrefixLength,
            other.keyAt + other.keyLength);
  }

  /** Writes its bytes. */
  void encode(ByteWriter out) {
    out.raw(array, offset, length);
  }

  private int prefixLength() {
    return array[offset + PREFIX_LENGTH] & 0xff;
  }
}
