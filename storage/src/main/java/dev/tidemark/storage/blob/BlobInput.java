package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.error.Problem;
import java.io.InputStream;
import java.util.Objects;

/**
 * Reads a large value, verified chunk by chunk: no byte is given out that is not the value's. The
 * chunks are there as long as the stream is open. It holds at most 4 MiB, whatever the value's
 * length. For one thread at a time.
 *
 * <p>A read fails with {@link dev.tidemark.error.MissingDataException} if a chunk is not there and
 * {@link dev.tidemark.error.DamagedException} if it is not as it should be; the position stays.
 */
public final class BlobInput extends InputStream {
  private final Visit visit;
  private final LargeValue value;
  private final TreeReader tree;
  private long position;
  private boolean closed;

  BlobInput(Visit visit, LargeValue value, TreeReader tree) {
    this.visit = visit;
    this.value = value;
    this.tree = tree;
  }

  /** What is read. */
  public LargeValue value() {
    return value;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /** Fewer bytes than asked for only at the end of a chunk. */
  @Override
  public int read(byte[] into, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, into.length);
    requireOpen();
    if (count == 0) {
      return 0;
    }
    if (position == value.length()) {
      return -1;
    }
    long index = position / ChunkTree.CHUNK_BYTES;
    int at = (int) (position % ChunkTree.CHUNK_BYTES);
    byte[] content = tree.content(0, index);
    int step = Math.min(count, tree.length(0, index) - at);
    System.arraycopy(content, at, into, offset, step);
    position += step;
    return step;
  }

  /** Chunks that are left out are not read. */
  @Override
  public long skip(long count) {
    requireOpen();
    long step = Math.max(0, Math.min(count, value.length() - position));
    position += step;
    return step;
  }

  /** What is left of the chunk that was read last. */
  @Override
  public int available() {
    requireOpen();
    int at = (int) (position % ChunkTree.CHUNK_BYTES);
    return at == 0 || position == value.length()
        ? 0
        : tree.length(0, position / ChunkTree.CHUNK_BYTES) - at;
  }

  private void requireOpen() {
    if (closed) {
      throw Problem.of("large value is closed").illegalState();
    }
    visit.requireOpen();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      visit.leave();
    }
  }
}
