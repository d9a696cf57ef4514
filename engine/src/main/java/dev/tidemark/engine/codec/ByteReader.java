package dev.tidemark.engine.codec;

import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads what {@link ByteWriter} wrote, from bytes that nobody vouches for: every length is checked
 * against what is left before anything is allocated, and every failure is a {@link
 * MalformedException}.
 */
public final class ByteReader {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG_BE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] array;
  private final int end;
  private int position;

  /** Reads a whole array. */
  public ByteReader(byte[] array) {
    this(array, 0, array.length);
  }

  /** Reads part of an array. */
  public ByteReader(byte[] array, int offset, int length) {
    if (offset < 0 || length < 0 || length > array.length - offset) {
      throw new IndexOutOfBoundsException("offset=" + offset + ", length=" + length);
    }
    this.array = array;
    this.position = offset;
    this.end = offset + length;
  }

  /** Where the next byte is, in the array. */
  public int position() {
    return position;
  }

  /** How many bytes are left. */
  public int remaining() {
    return end - position;
  }

  /** One unsigned byte. */
  public int u8() {
    need(1);
    return array[position++] & 0xff;
  }

  /** Two bytes, little-endian, unsigned. */
  public int u16() {
    need(2);
    int value = (short) SHORT.get(array, position) & 0xffff;
    position += 2;
    return value;
  }

  /** Four bytes, little-endian. */
  public int i32() {
    need(4);
    int value = (int) INT.get(array, position);
    position += 4;
    return value;
  }

  /** Eight bytes, little-endian. */
  public long i64() {
    need(8);
    long value = (long) LONG.get(array, position);
    position += 8;
    return value;
  }

  /** Eight bytes, big-endian. */
  public long i64BigEndian() {
    need(8);
    long value = (long) LONG_BE.get(array, position);
    position += 8;
    return value;
  }

  /**
   * An unsigned LEB128 number in its shortest form; a longer form of the same number is refused.
   */
  public long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = u8();
      value |= (long) (b & 0x7f) << shift;
      if ((b & 0x80) == 0) {
        if ((b == 0 && shift > 0) || (shift == 63 && b > 1)) {
          throw malformed("number is not in its shortest form");
        }
        return value;
      }
    }
    throw malformed("number is longer than 64 bits");
  }

  /** A varint that must lie in {@code [0, limit]}. */
  public int count(String what, int limit) {
    long value = varint();
    if (value < 0 || value > limit) {
      throw new MalformedException(
          Problem.of("count out of range")
              .with("what", what)
              .with("count", Long.toUnsignedString(value))
              .with("limit", limit)
              .with("offset", position));
    }
    return (int) value;
  }

  /**
   * How many items of at least {@code minBytes} each follow; never more than could still be there.
   */
  public int items(String what, int minBytes) {
    return count(what, remaining() / minBytes);
  }

  /** The given number of bytes. */
  public byte[] raw(int length) {
    if (length < 0) {
      throw malformed("negative length");
    }
    need(length);
    byte[] bytes = Arrays.copyOfRange(array, position, position + length);
    position += length;
    return bytes;
  }

  /** A varint length of at most {@code limit}, then that many bytes. */
  public byte[] bytes(String what, int limit) {
    return raw(count(what, limit));
  }

  /** A varint length, then a reader of that many bytes; this one moves over them. */
  public ByteReader slice(String what) {
    int length = count(what, remaining());
    need(length);
    ByteReader slice = new ByteReader(array, position, length);
    position += length;
    return slice;
  }

  /** All that is left. */
  public byte[] rest() {
    return raw(remaining());
  }

  /** Moves over bytes without looking at them. */
  public void skip(int bytes) {
    if (bytes < 0) {
      throw malformed("negative length");
    }
    need(bytes);
    position += bytes;
  }

  /** Refuses bytes behind the end of what was expected. */
  public void expectEnd() {
    if (position != end) {
      throw malformed("bytes left over");
    }
  }

  /** A refusal that names the place. */
  public MalformedException malformed(String title) {
    return new MalformedException(Problem.of(title).with("offset", position).with("end", end));
  }

  private void need(int bytes) {
    if (end - position < bytes) {
      throw malformed("bytes end too early");
    }
  }
}
