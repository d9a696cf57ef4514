package dev.tidemark.storage.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Writes and checks the frame of an entry: see {@link FrameLayout}. */
final class Frame {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int FIRST_WORD =
      FrameLayout.MAGIC_VALUE | FrameLayout.VERSION_VALUE << (8 * FrameLayout.VERSION);

  private final CRC32C crc = new CRC32C();

  /**
   * Writes the frame at the start of an array whose body is in place behind it; gives its checksum.
   */
  int write(byte[] entry, int bodyLength, int kind, long position, int storeTag) {
    INT.set(entry, FrameLayout.MAGIC, FIRST_WORD | kind << (8 * FrameLayout.KIND));
    INT.set(entry, FrameLayout.BODY_LENGTH, bodyLength);
    LONG.set(entry, FrameLayout.POSITION, position);
    INT.set(entry, FrameLayout.STORE_TAG, storeTag);
    int checksum = checksum(entry, 0, bodyLength);
    INT.set(entry, FrameLayout.CRC, checksum);
    return checksum;
  }

  /** Whether it begins with our magic: the checksum is then where every version has it. */
  static boolean isOurs(byte[] array, int at) {
    return (i32(array, at + FrameLayout.MAGIC) & 0xffff) == FrameLayout.MAGIC_VALUE;
  }

  static int version(byte[] array, int at) {
    return array[at + FrameLayout.VERSION] & 0xff;
  }

  static int kind(byte[] array, int at) {
    return array[at + FrameLayout.KIND] & 0xff;
  }

  /** Whether its version and kind are known here. */
  static boolean isKnown(byte[] array, int at) {
    int kind = kind(array, at);
    return version(array, at) == FrameLayout.VERSION_VALUE
        && (kind == FrameLayout.KIND_COMMIT || kind == FrameLayout.KIND_FOLDED);
  }

  /** What the entries of a store carry. */
  static int tagOf(byte[] storeId) {
    CRC32C crc = new CRC32C();
    crc.update(storeId);
    return (int) crc.getValue();
  }

  /** Of which store an entry is. */
  static int storeTag(byte[] array, int at) {
    return i32(array, at + FrameLayout.STORE_TAG);
  }

  static int bodyLength(byte[] array, int at) {
    return i32(array, at + FrameLayout.BODY_LENGTH);
  }

  static long position(byte[] array, int at) {
    return (long) LONG.get(array, at + FrameLayout.POSITION);
  }

  static int storedChecksum(byte[] array, int at) {
    return i32(array, at + FrameLayout.CRC);
  }

  /** The checksum that an entry should carry. */
  int checksum(byte[] array, int at, int bodyLength) {
    crc.reset();
    crc.update(array, at, FrameLayout.CRC);
    crc.update(array, at + FrameLayout.BODY, bodyLength);
    return (int) crc.getValue();
  }

  static void putI32(byte[] array, int at, int value) {
    INT.set(array, at, value);
  }

  static int i32(byte[] array, int at) {
    return (int) INT.get(array, at);
  }
}
