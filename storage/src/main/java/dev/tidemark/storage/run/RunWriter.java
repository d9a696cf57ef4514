package dev.tidemark.storage.run;

import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.error.Problem;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Gathers records into batches: <code>count varint, record*</code>. A batch is as large as makes
 * its frame cheap; a record that is larger has one of its own. One without records is the last.
 * Memory: two batches.
 */
public final class RunWriter {
  /** A batch ends when it has reached this. */
  private static final int BATCH_BYTES = 256 << 10;

  private static final int KEPT_BUFFER_BYTES = 1 << 20;
  private static final int MAX_COUNT_BYTES = 5;

  private final Sink sink;
  private ByteWriter records = new ByteWriter(BATCH_BYTES);
  private int count;
  private @Nullable PackedRecord last;

  /** Takes a batch. */
  @FunctionalInterface
  public interface Sink {
    /** Takes it; the array is used again afterwards. */
    void accept(byte[] array, int offset, int length) throws IOException;
  }

  /** A writer that hands its batches to a sink. */
  public RunWriter(Sink sink) {
    this.sink = sink;
  }

  /** Takes the next record of the run. */
  public void add(RunRecord entry) throws IOException {
    add(PackedRecord.of(entry));
  }

  /** Takes the next record of the run. */
  public void add(PackedRecord entry) throws IOException {
    PackedRecord before = last;
    if (before != null && before.comparePlace(entry) > 0) {
      throw Problem.of("records of a run are out of order")
          .with("last", before.decode().key())
          .with("key", entry.decode().key())
          .broken();
    }
    last = entry;
    if (records.length() + entry.length() + MAX_COUNT_BYTES > Limits.MAX_COMMIT_BYTES
        && count > 0) {
      write();
    }
    entry.encode(records);
    count++;
    if (records.length() >= BATCH_BYTES) {
      write();
    }
  }

  /** Hands over what is gathered, then an empty batch: whoever reads it has all of the run. */
  public void finish() throws IOException {
    if (count > 0) {
      write();
    }
    write();
  }

  private void write() throws IOException {
    int length = records.length();
    ByteWriter batch = new ByteWriter(length + MAX_COUNT_BYTES);
    batch.varint(count).raw(records.buffer(), 0, length);
    sink.accept(batch.buffer(), 0, batch.length());
    count = 0;
    records = length > KEPT_BUFFER_BYTES ? new ByteWriter(BATCH_BYTES) : records.reset();
  }
}
