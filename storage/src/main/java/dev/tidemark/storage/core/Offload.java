package dev.tidemark.storage.core;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.MissingDataException;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.blob.BlobOutput;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.blob.Visit;
import org.jspecify.annotations.Nullable;

/**
 * Moves what is too long to lie in the log from an update to the blob store. What it has written
 * stays until it is closed, so it is closed after the commit is logged. For one thread.
 */
final class Offload implements AutoCloseable {
  private final BlobStore blobs;
  private final int inlineLimit;
  private @Nullable Visit visit;

  Offload(BlobStore blobs, int inlineLimit) {
    this.blobs = blobs;
    this.inlineLimit = inlineLimit;
  }

  /** Whether {@link #of} would write. */
  boolean isNeeded(Strategy strategy, Update update) {
    return (strategy == Strategy.LWW_REGISTER
            && update instanceof Update.SetValue set
            && set.value().length() > inlineLimit)
        || (strategy == Strategy.LWW_MAP
            && update instanceof Update.PutField put
            && put.value().length() > inlineLimit);
  }

  /**
   * The update that is to be logged.
   *
   * @throws MissingDataException if it refers to a large value that is not here
   */
  Update of(Strategy strategy, Update update) {
    if (isNeeded(strategy, update)) {
      return update instanceof Update.PutField put
          ? new Update.PutLargeField(put.field(), write(put.value()))
          : new Update.SetLarge(write(((Update.SetValue) update).value()));
    } else if (update instanceof Update.SetLarge set) {
      requireHere(set.value());
    } else if (update instanceof Update.PutLargeField put) {
      requireHere(put.value());
    }
    return update;
  }

  private LargeValue write(Bytes value) {
    try (BlobOutput out = visit().write()) {
      out.write(value.array(), 0, value.length());
      return out.finish();
    }
  }

  /** A reference that was made elsewhere: to a value of another key, or of nowhere. */
  private void requireHere(LargeValue value) {
    visit().refer(value);
    if (!blobs.missing(value).isNothing()) {
      throw new MissingDataException(
          Problem.of("large value is not here")
              .with("value", value)
              .advise("write it as a stream, or fetch it first"));
    }
  }

  private Visit visit() {
    Visit open = visit;
    if (open == null) {
      open = blobs.visit();
      visit = open;
    }
    return open;
  }

  @Override
  public void close() {
    if (visit != null) {
      visit.close();
    }
  }
}
