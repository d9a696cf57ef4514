package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is written, found again or referred to while a sweep looks: some 120 bytes for each chunk,
 * as long as the sweep lasts.
 */
final class Watch {
  private final Set<Bytes> chunks = ConcurrentHashMap.newKeySet();
  private final Set<LargeValue> values = ConcurrentHashMap.newKeySet();

  /** A chunk was written or found. */
  void chunk(Bytes hash) {
    chunks.add(hash);
  }

  /** A value was referred to. */
  void value(LargeValue value) {
    values.add(value);
  }

  boolean has(Bytes hash) {
    return chunks.contains(hash);
  }

  List<LargeValue> values() {
    return new ArrayList<>(values);
  }
}
