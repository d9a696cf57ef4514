package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.Problem;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes a large value. What was written is a value once {@link #finish} has returned it, and
 * stands a power loss; it may be referred to as long as the stream, or the visit it was opened in,
 * is open. It holds at most 8 MiB, whatever the value's length. For one thread at a time.
 */
public final class BlobOutput extends OutputStream {
  private static final int FIRST_BYTES = 1 << 13;

  private final Visit visit;
  private final ChunkWriter writer;
  private final TreeWriter tree;
  private byte[] data = new byte[FIRST_BYTES];
  private int filled;
  private long length;
  private @Nullable LargeValue value;
  private boolean closed;

  BlobOutput(Visit visit, ChunkWriter writer) {
    this.visit = visit;
    this.writer = writer;
    this.tree = new TreeWriter();
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, bytes.length);
    requireOpen();
    if (value != null) {
      throw Problem.of("large value is finished").illegalState();
    }
    if (!LargeValue.isLength(length + count)) {
      throw Problem.of("large value is too long")
          .with("longest", LargeValue.MAX_LENGTH)
          .illegalState();
    }
    int at = offset;
    int end = offset + count;
    while (at < end) {
      if (filled == ChunkTree.CHUNK_BYTES) {
        tree.add(0, put(0, data, filled));
        filled = 0;
      }
      int step = Math.min(end - at, ChunkTree.CHUNK_BYTES - filled);
      need(filled + step);
      System.arraycopy(bytes, at, data, filled, step);
      filled += step;
      length += step;
      at += step;
    }
  }

  private void need(int bytes) {
    if (bytes > data.length) {
      data = Arrays.copyOf(data, Math.min(ChunkTree.CHUNK_BYTES, Math.max(bytes, 2 * data.length)));
    }
  }

  /** Nothing: a part of a value is of no use to anybody. */
  @Override
  public void flush() {}

  /**
   * Ends the value and makes it survive a power loss. What refers to it has to be logged before
   * this stream and its visit are closed.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room; nothing refers to the rest
   */
  public LargeValue finish() {
    requireOpen();
    LargeValue finished = value;
    if (finished == null) {
      Bytes last = put(0, data, filled);
      finished = new LargeValue(length, tree.root(last));
      writer.finish();
      value = finished;
    }
    return finished;
  }

  private Bytes put(int height, byte[] content, int bytes) {
    Bytes hash = ChunkTree.hash(height, content, 0, bytes);
    // Read, not believed: the writer has the bytes, and may be the last one to have them.
    if (!writer.finds(hash, true)) {
      writer.write(hash, ChunkImage.encode(height, content, bytes));
    }
    return hash;
  }

  private void requireOpen() {
    if (closed) {
      throw Problem.of("large value is closed").illegalState();
    }
  }

  /** Lets go of the value, which is forgotten unless something refers to it by now. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      writer.close();
      visit.leave();
    }
  }

  /** The chunks above the data. */
  private final class TreeWriter {
    private final ByteWriter[] lists = new ByteWriter[ChunkTree.MAX_HEIGHT];

    /** Lists a chunk of a height, in the chunk above it. */
    void add(int height, Bytes hash) {
      ByteWriter list = lists[height];
      if (list == null) {
        list = new ByteWriter();
        lists[height] = list;
      } else if (list.length() == ChunkTree.CHUNK_BYTES) {
        Bytes full = put(height + 1, list.buffer(), list.length());
        list.reset();
        add(height + 1, full);
      }
      list.raw(hash.array());
    }

    /** Ends all lists. */
    Bytes root(Bytes lastData) {
      Bytes last = lastData;
      for (int height = 0; height < lists.length; height++) {
        ByteWriter list = lists[height];
        if (list != null) {
          add(height, last);
          last = put(height + 1, list.buffer(), list.length());
        }
      }
      return last;
    }
  }
}
