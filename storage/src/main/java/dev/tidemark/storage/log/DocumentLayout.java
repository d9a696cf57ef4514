package dev.tidemark.storage.log;

/**
 * How Chronicle Queue lays documents into a segment's data file: a four-byte little-endian header,
 * its bytes, and padding so that the next header starts at a multiple of four.
 *
 * <pre>
 *   31             30         29                0
 *   +--------------+----------+-----------------+-------+---------+
 *   | not complete | metadata | length          | bytes | padding |
 *   +--------------+----------+-----------------+-------+---------+
 *
 *   0x00000000  nothing written here yet
 *   0xC0000000  end of the file's data
 * </pre>
 */
final class DocumentLayout {
  static final int HEADER_BYTES = 4;
  static final int ALIGNMENT = 4;
  static final int NOTHING = 0;
  static final int END_OF_DATA = 0xc0000000;
  static final int NOT_COMPLETE = 0x80000000;
  static final int METADATA = 0x40000000;
  static final int LENGTH = 0x3fffffff;

  private DocumentLayout() {}
}
