package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.MissingDataException;

/**
 * The chunks of all values that something refers to: at most 43 bytes for each chunk and for each
 * value of more than one, half as many again while it grows. A TiB of whole chunks takes 43 MiB.
 */
final class KeptChunks {
  private final ChunkFiles files;
  private final ChunkSet chunks = new ChunkSet();
  private final ChunkSet values = new ChunkSet();

  KeptChunks(ChunkFiles files) {
    this.files = files;
  }

  boolean contains(Bytes hash) {
    return chunks.contains(hash);
  }

  long size() {
    return chunks.size();
  }

  /**
   * Keeps a value. What cannot be known because a list of chunks is not here is not kept.
   *
   * @throws dev.tidemark.error.DamagedException if a list of chunks is damaged: what it lists is
   *     here, and would be lost
   */
  void add(LargeValue value) {
    if (value.height() == 0) {
      chunks.add(value.root());
    } else if (values.add(nameOf(value))) {
      TreeReader tree = new TreeReader(files, value);
      tree.walk((height, index, hash) -> add(tree, height, index, hash));
    }
  }

  private boolean add(TreeReader tree, int height, long index, Bytes hash) {
    chunks.add(hash);
    if (height == 0) {
      return false;
    }
    try {
      tree.content(height, index);
      return true;
    } catch (MissingDataException | MalformedException nothingBelow) {
      return false;
    }
  }

  /**
   * Hashed with its length: a value that was forged from the root of another, and has no chunks,
   * must not hide that one.
   */
  static Bytes nameOf(LargeValue value) {
    ByteWriter out = new ByteWriter(LargeValue.ENCODED_BYTES);
    value.encode(out);
    return ChunkTree.hash(0, out.buffer(), 0, out.length());
  }
}
