package dev.tidemark.storage.run;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyPart;
import dev.tidemark.engine.schema.Namespace;

/**
 * What a run says of one key, or a part of it. A run is in order of (prefix, key). Several records
 * of one key are either whole deltas of consecutive parts of its history, in the order of the log,
 * or the parts of one element, in the order of their ranges.
 */
public record RunRecord(Namespace namespace, Bytes key, KeyPart part, KeyDelta delta) {
  private static final KeyDelta NOTHING = KeyDelta.ofHead(new byte[0]);

  /** All that a run says of a key. */
  public static RunRecord whole(Namespace namespace, Bytes key, KeyDelta delta) {
    return new RunRecord(namespace, key, KeyPart.WHOLE, delta);
  }

  /** That nothing is said of a part of a key, in a run that replaces: nothing is left of it. */
  public static RunRecord nothing(Namespace namespace, Bytes key, KeyPart part) {
    return new RunRecord(namespace, key, part, NOTHING);
  }

  /** Whether nothing is said. */
  public boolean isNothing() {
    return delta.head().length == 0 && delta.cells().isEmpty();
  }

  /** Compares the places of two records in a run. */
  public int comparePlace(RunRecord other) {
    int byPrefix = namespace.prefix().compareTo(other.namespace.prefix());
    return byPrefix != 0 ? byPrefix : key.compareTo(other.key);
  }
}
