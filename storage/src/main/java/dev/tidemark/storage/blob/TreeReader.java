package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import java.util.Arrays;

/**
 * Finds and reads the chunks of one value, from its root down. It keeps the last chunk of each
 * height: at most 4 MiB with the buffer of a file. For one thread at a time.
 */
final class TreeReader {
  private final ChunkFiles chunks;
  private final LargeValue value;
  private final byte[] image = new byte[ChunkFiles.bufferBytes()];
  private final byte[][] contents = new byte[ChunkTree.MAX_HEIGHT + 1][0];
  private final long[] held = new long[ChunkTree.MAX_HEIGHT + 1];

  TreeReader(ChunkFiles chunks, LargeValue value) {
    this.chunks = chunks;
    this.value = value;
    Arrays.fill(held, -1);
  }

  /** The height of the root. */
  int height() {
    return value.height();
  }

  /** Whether a chunk is there, whole or not. */
  boolean exists(Bytes hash) {
    return chunks.exists(hash);
  }

  /** How many chunks there are of a height. */
  long count(int height) {
    return ChunkTree.chunks(value.length(), height);
  }

  /** The content of a chunk, in bytes. */
  int length(int height, long index) {
    return ChunkTree.contentBytes(value.length(), height, index);
  }

  /** The hash of a chunk, as the chunk above it lists it. */
  Bytes hash(int height, long index) {
    if (height == value.height()) {
      return value.root();
    }
    byte[] above = content(height + 1, index / ChunkTree.FANOUT);
    int at = (int) (index % ChunkTree.FANOUT) * ChunkTree.HASH_BYTES;
    return Bytes.wrap(Arrays.copyOfRange(above, at, at + ChunkTree.HASH_BYTES));
  }

  /**
   * The content of a chunk, verified; it is overwritten by that of the next one of its height.
   *
   * @throws dev.tidemark.error.MissingDataException if it, or one above it, is not there
   * @throws dev.tidemark.error.DamagedException if it, or one above it, is not what its name says
   * @throws MalformedException if it is whole, but has no place in a value of this length
   */
  byte[] content(int height, long index) {
    byte[] content = contents[height];
    if (held[height] == index) {
      return content;
    }
    Bytes hash = hash(height, index);
    if (content.length == 0) {
      content = new byte[ChunkTree.CHUNK_BYTES];
      contents[height] = content;
    }
    held[height] = -1;
    requirePlace(chunks.read(hash, image, content), height, index);
    held[height] = index;
    return content;
  }

  /** Refuses a chunk of another height or length than the value has in its place. */
  void requirePlace(ChunkImage.Content chunk, int height, long index) {
    if (chunk.height() != height || chunk.length() != length(height, index)) {
      throw new MalformedException(
          Problem.of("large value is not of the length that it claims")
              .with("value", value)
              .with("chunk", ChunkFiles.hex(chunk.hash())));
    }
  }

  /** Is shown the chunks of a value. */
  interface Visitor {
    /** One chunk; whether those below it are to be shown too, for which it is read. */
    boolean visit(int height, long index, Bytes hash);
  }

  /** Shows all chunks, each before those below it. */
  void walk(Visitor visitor) {
    walk(value.height(), 0, visitor);
  }

  private void walk(int height, long index, Visitor visitor) {
    boolean goesOn = visitor.visit(height, index, hash(height, index));
    if (height > 0 && goesOn) {
      long first = index * ChunkTree.FANOUT;
      long end = Math.min(count(height - 1), first + ChunkTree.FANOUT);
      for (long below = first; below < end; below++) {
        walk(height - 1, below, visitor);
      }
    }
  }
}
