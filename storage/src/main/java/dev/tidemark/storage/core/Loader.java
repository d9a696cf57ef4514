package dev.tidemark.storage.core;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.LoadLimitException;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.blob.BlobInput;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.blob.Visit;
import java.util.function.Function;

/** Takes large values into memory, up to a limit. */
final class Loader {
  private final BlobStore blobs;
  private final int limit;

  Loader(BlobStore blobs, int limit) {
    this.blobs = blobs;
    this.limit = limit;
  }

  /** Runs a reader; the references that it reads stay good meanwhile. */
  <T> T run(Function<Function<LargeValue, Bytes>, T> reader) {
    try (Visit visit = blobs.visit()) {
      return reader.apply(value -> load(visit, value));
    }
  }

  private Bytes load(Visit visit, LargeValue value) {
    if (value.length() > limit) {
      throw new LoadLimitException(
          Problem.of("large value is too long to be read as a whole")
              .with("bytes", value.length())
              .with("loadLimit", limit)
              .advise("read it as a stream: largeValues().read(key); or raise the option"));
    }
    byte[] bytes = new byte[(int) value.length()];
    try (BlobInput in = visit.read(value)) {
      int at = 0;
      while (at < bytes.length) {
        at += in.read(bytes, at, bytes.length - at);
      }
    }
    return Bytes.wrap(bytes);
  }
}
