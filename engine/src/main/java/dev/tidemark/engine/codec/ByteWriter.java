package dev.tidemark.engine.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A growing, reusable buffer; little-endian, with unsigned LEB128 for lengths and sequences. */
public final class ByteWriter {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG_BE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final byte[] NOTHING = {};

  private byte[] buffer;
  private int position;

  /** A writer with room for 256 bytes to begin with. */
  public ByteWriter() {
    this(256);
  }

  /** A writer with room for the given number of bytes to begin with. */
  public ByteWriter(int capacity) {
    buffer = new byte[Math.max(16, capacity)];
  }

  /** Forgets what was written and keeps the room. */
  public ByteWriter reset() {
    position = 0;
    return this;
  }

  /** How many bytes are written. */
  public int length() {
    return position;
  }

  /** The buffer itself, of which the first {@link #length()} bytes are written. */
  public byte[] buffer() {
    return buffer;
  }

  /** A copy of what is written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, position);
  }

  /**
   * What is written, by who writes no more: the buffer itself if that is full, so that it costs no
   * copy where the length was known.
   */
  public byte[] take() {
    byte[] written = position == buffer.length ? buffer : toByteArray();
    buffer = NOTHING;
    position = 0;
    return written;
  }

  /** One byte. */
  public ByteWriter u8(int value) {
    room(1);
    buffer[position++] = (byte) value;
    return this;
  }

  /** Two bytes, little-endian. */
  public ByteWriter u16(int value) {
    room(2);
    SHORT.set(buffer, position, (short) value);
    position += 2;
    return this;
  }

  /** Four bytes, little-endian. */
  public ByteWriter i32(int value) {
    room(4);
    INT.set(buffer, position, value);
    position += 4;
    return this;
  }

  /** Eight bytes, little-endian. */
  public ByteWriter i64(long value) {
    room(8);
    LONG.set(buffer, position, value);
    position += 8;
    return this;
  }

  /** Eight bytes, big-endian: for what must sort by its bytes. */
  public ByteWriter i64BigEndian(long value) {
    room(8);
    LONG_BE.set(buffer, position, value);
    position += 8;
    return this;
  }

  /** An unsigned 64-bit number in 1 to 10 bytes. */
  public ByteWriter varint(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      buffer[position++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    buffer[position++] = (byte) rest;
    return this;
  }

  /** How many bytes {@link #varint} writes. */
  public static int varintLength(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  /** The bytes alone, without their length. */
  public ByteWriter raw(byte[] bytes) {
    return raw(bytes, 0, bytes.length);
  }

  /** Part of an array, without its length. */
  public ByteWriter raw(byte[] bytes, int offset, int length) {
    room(length);
    System.arraycopy(bytes, offset, buffer, position, length);
    position += length;
    return this;
  }

  /** The length as a varint, then the bytes. */
  public ByteWriter bytes(byte[] bytes) {
    return varint(bytes.length).raw(bytes);
  }

  /** The length as a varint, then the bytes. */
  public ByteWriter bytes(Bytes bytes) {
    return bytes(bytes.array());
  }

  /** Overwrites eight bytes that were written before. */
  public ByteWriter i64At(int offset, long value) {
    LONG.set(buffer, offset, value);
    return this;
  }

  private void room(int bytes) {
    if (buffer.length - position < bytes) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, position + bytes));
    }
  }
}
