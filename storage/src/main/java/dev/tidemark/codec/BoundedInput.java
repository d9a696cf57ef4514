package dev.tidemark.codec;

import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Input;

/**
 * An input that holds every length against the bytes that are left before anything is allocated.
 * Kryo 5.6.2 trusts lengths: five bytes ask it for gigabytes.
 */
final class BoundedInput extends Input {
  BoundedInput(byte[] bytes) {
    super(bytes);
  }

  int remaining() {
    return limit - position;
  }

  /** The given number of items of at least so many bytes each, if that many can follow. */
  private int bounded(int items, int minBytes) {
    if (items < 0 || items > remaining() / minBytes) {
      throw new KryoException("length " + items + " is more than what follows");
    }
    return items;
  }

  /** The number of items of at least one byte each that follow. */
  int readLength() {
    return bounded(readVarInt(true), 1);
  }

  /** Only lengths of texts are written so; 0 is null, others are off by one. */
  @Override
  public int readVarIntFlag(boolean optimizePositive) {
    int flagged = super.readVarIntFlag(optimizePositive);
    if (flagged != 0) {
      bounded(flagged - 1, 1);
    }
    return flagged;
  }

  @Override
  public byte[] readBytes(int length) {
    return super.readBytes(bounded(length, 1));
  }

  @Override
  public boolean[] readBooleans(int length) {
    return super.readBooleans(bounded(length, 1));
  }

  @Override
  public short[] readShorts(int length) {
    return super.readShorts(bounded(length, Short.BYTES));
  }

  @Override
  public char[] readChars(int length) {
    return super.readChars(bounded(length, Character.BYTES));
  }

  @Override
  public int[] readInts(int length) {
    return super.readInts(bounded(length, Integer.BYTES));
  }

  @Override
  public int[] readInts(int length, boolean optimizePositive) {
    return super.readInts(bounded(length, 1), optimizePositive);
  }

  @Override
  public long[] readLongs(int length) {
    return super.readLongs(bounded(length, Long.BYTES));
  }

  @Override
  public long[] readLongs(int length, boolean optimizePositive) {
    return super.readLongs(bounded(length, 1), optimizePositive);
  }

  @Override
  public float[] readFloats(int length) {
    return super.readFloats(bounded(length, Float.BYTES));
  }

  @Override
  public double[] readDoubles(int length) {
    return super.readDoubles(bounded(length, Double.BYTES));
  }
}
