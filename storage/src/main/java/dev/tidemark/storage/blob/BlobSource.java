package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import java.util.Optional;

/** Another place that has chunks. What it gives is verified, so it need not be trusted. */
@FunctionalInterface
public interface BlobSource {
  /** The bytes of a chunk's file as they are stored there; empty if it has none. */
  Optional<byte[]> chunk(Bytes hash);

  /** It will be asked for this one soon, if for any: a source that is far away may begin. */
  default void soon(Bytes hash) {}

  /** Something refers to a value that could not be had whole from it; it may come later. */
  default void lacks(LargeValue value) {}
}
