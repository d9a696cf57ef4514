package dev.tidemark.storage.compaction;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** A hash of bytes, eight at a time. It is stored nowhere and decides nothing but places. */
final class KeyHash {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long FACTOR = 0x9E3779B97F4A7C15L;

  private KeyHash() {}

  static int of(byte[] array, int offset, int length) {
    int end = offset + length;
    long hash = length;
    int at = offset;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      hash = (hash ^ (long) LONG.get(array, at)) * FACTOR;
      hash ^= hash >>> 32;
    }
    long rest = 0;
    for (; at < end; at++) {
      rest = (rest << Byte.SIZE) | (array[at] & 0xff);
    }
    hash = (hash ^ rest) * FACTOR;
    hash = (hash ^ (hash >>> 29)) * FACTOR;
    return (int) (hash >>> 32);
  }
}
