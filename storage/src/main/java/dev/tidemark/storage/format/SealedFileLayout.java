package dev.tidemark.storage.format;

/**
 * What surrounds the content of every small file of ours, little-endian.
 *
 * <pre>
 *   0       4         6          8          24        n-4      n
 *   +-------+---------+----------+----------+---------+--------+
 *   | magic | version | reserved | store id | content | CRC32C |
 *   | u32   | u16     | u16 = 0  | 16 bytes |         | u32    |
 *   +-------+---------+----------+----------+---------+--------+
 * </pre>
 *
 * The checksum covers all before it and is the last four bytes in every version.
 */
public final class SealedFileLayout {
  /** Offset of the magic number. */
  public static final int MAGIC = 0;

  /** Offset of the format version. */
  public static final int VERSION = 4;

  /** Offset of the store id. */
  public static final int STORE_ID = 8;

  /** Offset of the content. */
  public static final int CONTENT = 24;

  /** Bytes of a store id. */
  public static final int STORE_ID_BYTES = 16;

  /** Bytes of the checksum at the end. */
  public static final int FOOTER_BYTES = 4;

  private SealedFileLayout() {}
}
