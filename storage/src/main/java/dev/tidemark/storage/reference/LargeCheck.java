package dev.tidemark.storage.reference;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.blob.BlobInput;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.blob.Visit;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Reads large values from their first byte to their last, each once however often it is referred
 * to: whether all of it is there, and is what its hash says. Memory: 200 bytes for each value, and
 * what a stream takes.
 */
public final class LargeCheck implements AutoCloseable {
  private static final int READ_BYTES = 1 << 16;

  private final BlobStore blobs;
  private final BiConsumer<LargeValue, TidemarkException> listener;
  private final Set<LargeValue> seen = new HashSet<>();
  private long bytes;

  /**
   * A check.
   *
   * @param blobs is closed with this
   * @param listener is told of each value that is not whole, and what its first flaw is
   */
  public LargeCheck(BlobStore blobs, BiConsumer<LargeValue, TidemarkException> listener) {
    this.blobs = blobs;
    this.listener = listener;
  }

  /** Reads a value, unless it was read already. */
  public void check(LargeValue value) {
    if (!seen.add(value)) {
      return;
    }
    byte[] buffer = new byte[READ_BYTES];
    try (Visit visit = blobs.visit();
        BlobInput in = visit.read(value)) {
      for (int n = in.read(buffer, 0, READ_BYTES); n >= 0; n = in.read(buffer, 0, READ_BYTES)) {
        bytes += n;
      }
    } catch (TidemarkException e) {
      listener.accept(value, e);
    }
  }

  /** How many values were read. */
  public long values() {
    return seen.size();
  }

  /** How many bytes of them are good. */
  public long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    blobs.close();
  }
}
