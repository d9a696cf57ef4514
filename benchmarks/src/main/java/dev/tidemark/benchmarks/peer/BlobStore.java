package dev.tidemark.benchmarks.peer;

import org.jspecify.annotations.Nullable;

/** A store of bytes by key, each put in a transaction of its own that is not forced. */
public interface BlobStore extends AutoCloseable {
  /** The bytes of a key, or null. */
  byte @Nullable [] get(byte[] key);

  /** Replaces the bytes of a key. */
  void put(byte[] key, byte[] value);

  @Override
  void close();
}
