package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.MalformedException;

/** The bytes of a chunk's file: see {@link ChunkLayout}. */
final class ChunkImage {
  private ChunkImage() {}

  /**
   * What a chunk is.
   *
   * @param hash of height and content
   * @param length the content's, in bytes
   */
  record Content(Bytes hash, int height, int length) {}

  /** The file of a chunk, compressed where that helps. */
  static byte[] encode(int height, byte[] content, int length) {
    ByteWriter out = new ByteWriter(ChunkLayout.BODY + length);
    out.i32(ChunkLayout.KIND.magic()).u16(ChunkLayout.KIND.version());
    byte[] compressed = new byte[length];
    int bytes = Compression.compress(content, length, compressed);
    if (bytes > 0) {
      out.u8(ChunkLayout.ZSTD).u8(height).i32(length).raw(compressed, 0, bytes);
    } else {
      out.u8(ChunkLayout.RAW).u8(height).i32(length).raw(content, 0, length);
    }
    return out.toByteArray();
  }

  /**
   * Takes the content out of a chunk's file; whether it is the right one is the caller's to say.
   *
   * @param image begins with the file, which is so many bytes long
   * @param into has room for {@link ChunkTree#CHUNK_BYTES}
   * @throws MalformedException if it is no chunk's file, or cut
   */
  static Content decode(byte[] image, int bytes, byte[] into) {
    ByteReader in = new ByteReader(image, 0, bytes);
    if (in.i32() != ChunkLayout.KIND.magic()) {
      throw in.malformed("not a chunk");
    }
    if (in.u16() != ChunkLayout.KIND.version()) {
      throw in.malformed("chunk is of an unknown format version");
    }
    int encoding = in.u8();
    int height = in.u8();
    int length = in.i32();
    if (height > ChunkTree.MAX_HEIGHT || length < 0 || length > ChunkTree.CHUNK_BYTES) {
      throw in.malformed("chunk's height or length is out of range");
    }
    boolean isWhole =
        switch (encoding) {
          case ChunkLayout.RAW -> copy(image, in, into, length);
          case ChunkLayout.ZSTD ->
              Compression.decompress(image, in.position(), in.remaining(), into, length);
          default -> throw in.malformed("chunk is of an unknown encoding");
        };
    if (!isWhole) {
      throw in.malformed("chunk is cut or changed");
    }
    return new Content(ChunkTree.hash(height, into, 0, length), height, length);
  }

  private static boolean copy(byte[] image, ByteReader in, byte[] into, int length) {
    if (in.remaining() != length) {
      return false;
    }
    System.arraycopy(image, in.position(), into, 0, length);
    return true;
  }
}
