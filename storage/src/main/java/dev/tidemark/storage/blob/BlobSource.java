package dev.tidemark.storage.blob;

import dev.tidemark.engine.codec.Bytes;
import java.util.Optional;

/** Another place that has chunks. What it gives is verified, so it need not be trusted. */
@FunctionalInterface
public interface BlobSource {
  /** The bytes of a chunk's file as they are stored there; empty if it has none. */
  Optional<byte[]> chunk(Bytes hash);
}
