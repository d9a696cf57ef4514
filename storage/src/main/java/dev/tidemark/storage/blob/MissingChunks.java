package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MissingDataException;

/** Counts what is not here of one value. */
final class MissingChunks {
  private final ChunkFiles files;
  private final LargeValue value;
  private final TreeReader tree;
  private long chunks;
  private long bytes;

  MissingChunks(ChunkFiles files, LargeValue value) {
    this.files = files;
    this.value = value;
    this.tree = new TreeReader(files, value);
  }

  Missing count() {
    tree.walk(this::visit);
    return new Missing(chunks, bytes);
  }

  private boolean visit(int height, long index, Bytes hash) {
    boolean isHere = height == 0 ? files.exists(hash) : isReadable(height, index);
    if (!isHere) {
      countFrom(height, index);
    }
    return isHere;
  }

  private boolean isReadable(int height, long index) {
    try {
      tree.content(height, index);
      return true;
    } catch (MissingDataException | DamagedException e) {
      return false;
    }
  }

  /** A chunk and all that is below it. */
  private void countFrom(int height, long index) {
    long first = index;
    long end = index + 1;
    for (int below = height; below >= 0; below--) {
      chunks += end - first;
      if (below > 0) {
        first *= ChunkTree.FANOUT;
        end = Math.min(end * ChunkTree.FANOUT, tree.count(below - 1));
      }
    }
    long at = first * ChunkTree.CHUNK_BYTES;
    bytes += Math.min(value.length(), end * ChunkTree.CHUNK_BYTES) - at;
  }
}
