package dev.tidemark.storage.log;

/**
 * One entry of the log, little-endian: a frame, then its body.
 *
 * <pre>
 *   0       2         3      4             8          16             20       24
 *   +-------+---------+------+-------------+----------+--------------+--------+--------+
 *   | magic | version | kind | body length | position | store tag    | CRC32C | body   |
 *   | u16   | u8      | u8   | u32         | u64      | u32          | u32    |        |
 *   +-------+---------+------+-------------+----------+--------------+--------+--------+
 * </pre>
 *
 * The checksum covers the twenty bytes before it and the body. The position counts the commits of
 * this store's log, local and remote alike, from 1 and without gaps; in a folded segment, whose
 * positions the catalogue knows, it counts the entries from 1. The store tag is the CRC32C of the
 * store's id: a segment of another store begins at a position that fits, too.
 */
public final class FrameLayout {
  /** Offset of the magic number. */
  public static final int MAGIC = 0;

  /** Offset of the version. */
  public static final int VERSION = 2;

  /** Offset of the kind. */
  public static final int KIND = 3;

  /** Offset of the body's length. */
  public static final int BODY_LENGTH = 4;

  /** Offset of the position. */
  public static final int POSITION = 8;

  /** Offset of the store's tag. */
  public static final int STORE_TAG = 16;

  /** Offset of the checksum. */
  public static final int CRC = 20;

  /** Offset of the body; the bytes of a frame. */
  public static final int BODY = 24;

  /** The letters T and M. */
  public static final int MAGIC_VALUE = 0x4d54;

  /** The version that is written. */
  public static final int VERSION_VALUE = 1;

  /** The body is one commit. */
  public static final int KIND_COMMIT = 1;

  /**
   * The body is a piece of a folded segment: its coverage in the first entry, records in the
   * others.
   */
  public static final int KIND_FOLDED = 2;

  private FrameLayout() {}
}
