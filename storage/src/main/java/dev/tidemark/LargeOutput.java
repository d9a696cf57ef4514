package dev.tidemark;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.blob.BlobOutput;
import dev.tidemark.storage.blob.Visit;
import dev.tidemark.storage.core.LargeData;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the value of a key, or of a field, as a stream: chunk by chunk to the disk. The key has it
 * when the stream is closed: then the chunks are forced, and the update that refers to them is
 * committed. It holds at most 6 MiB, whatever the value's length. For one thread at a time.
 *
 * <p>Closing is committing, as for a file: one whose own source fails half way calls {@link
 * #abandon}, or uses {@link LargeValues#put}, which does that. After a write that failed, closing
 * commits nothing.
 */
public final class LargeOutput extends OutputStream {
  private final LargeData data;
  private final Bytes key;
  private final @Nullable Bytes field;
  private final Visit visit;
  private final BlobOutput out;
  private boolean abandoned;
  private boolean closed;
  private long position;

  LargeOutput(LargeData data, Bytes key, @Nullable Bytes field) {
    this.data = data;
    this.key = key;
    this.field = field;
    this.visit = data.visit();
    this.out = visit.write();
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) {
    boolean written = false;
    try {
      out.write(bytes, offset, count);
      written = true;
    } finally {
      abandoned |= !written;
    }
  }

  /** Gives up what was written so far: the key stays as it is. */
  public void abandon() {
    abandoned = true;
    close();
  }

  /**
   * The log position of the update.
   *
   * @throws IllegalStateException if it was not closed yet, or nothing was committed
   */
  public long position() {
    if (position == 0) {
      throw Problem.of("large value is not committed").advise("close the stream").illegalState();
    }
    return position;
  }

  /** Commits the value, unless a write has failed or it was abandoned. Again it does nothing. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (visit;
        out) {
      if (!abandoned) {
        position = data.commit(key, update(out.finish()));
      }
    }
  }

  private Update update(LargeValue value) {
    return field == null ? new Update.SetLarge(value) : new Update.PutLargeField(field, value);
  }
}
