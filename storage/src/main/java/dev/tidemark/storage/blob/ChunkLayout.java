package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.storage.format.FileKind;

/**
 * The file of a chunk, little-endian.
 *
 * <pre>
 *   0       4         6          7        8         12
 *   +-------+---------+----------+--------+---------+------+
 *   | magic | version | encoding | height | length  | body |
 *   | u32   | u16     | u8       | u8     | u32     |      |
 *   +-------+---------+----------+--------+---------+------+
 * </pre>
 *
 * The length is that of the content. The body is the content itself (encoding 0) or one zstd frame
 * of it (encoding 1). There is no checksum but the file's name, which is the hash of height and
 * content; and no store id, since a chunk is the same in every store.
 */
final class ChunkLayout {
  static final FileKind KIND = FileKind.of("chunk", "TMCH");

  static final int ENCODING = 6;
  static final int HEIGHT = 7;
  static final int LENGTH = 8;
  static final int BODY = 12;

  static final int RAW = 0;
  static final int ZSTD = 1;

  /** No file of a chunk is longer. */
  static final int MAX_BYTES = BODY + ChunkTree.CHUNK_BYTES;

  private ChunkLayout() {}
}
