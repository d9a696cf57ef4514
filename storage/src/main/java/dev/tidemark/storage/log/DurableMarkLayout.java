package dev.tidemark.storage.log;

/**
 * One of the two slots of the durable mark, little-endian. The slots are 4096 bytes apart, so that
 * a write that tears one page leaves the other slot whole.
 *
 * <pre>
 *   0       4         8          24           32         40             60       64
 *   +-------+---------+----------+------------+----------+--------------+--------+
 *   | magic | version | store id | generation | position | reserved = 0 | CRC32C |
 *   | u32   | u32     | 16 bytes | u64        | u64      | 20 bytes     | u32    |
 *   +-------+---------+----------+------------+----------+--------------+--------+
 * </pre>
 *
 * The checksum covers the sixty bytes before it. A generation is written to slot generation modulo
 * 2.
 */
public final class DurableMarkLayout {
  /** Offset of the magic number. */
  public static final int MAGIC = 0;

  /** Offset of the version. */
  public static final int VERSION = 4;

  /** Offset of the store id. */
  public static final int STORE_ID = 8;

  /** Offset of the generation. */
  public static final int GENERATION = 24;

  /** Offset of the position. */
  public static final int POSITION = 32;

  /** Offset of the reserved bytes. */
  public static final int RESERVED = 40;

  /** Offset of the checksum. */
  public static final int CRC = 60;

  /** Bytes of a slot. */
  public static final int SLOT_BYTES = 64;

  /** From one slot to the other. */
  public static final int SLOT_STRIDE = 4096;

  /** The letters TMDM. */
  public static final int MAGIC_VALUE = 0x4d444d54;

  /** The version that is written. */
  public static final int VERSION_VALUE = 1;

  private DurableMarkLayout() {}
}
