package dev.tidemark.engine.commit;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.schema.Namespace;
import org.jspecify.annotations.Nullable;

/**
 * One delta to one key. It says its namespace, so that the log can be read and folded without a
 * schema.
 *
 * @param delta bottom, if it is withheld
 * @param withheld what is told of a delta that is not there; null if it is
 */
public record Operation(
    Namespace namespace, Bytes key, KeyDelta delta, @Nullable Withheld withheld) {
  /** An operation with its delta. */
  public Operation(Namespace namespace, Bytes key, KeyDelta delta) {
    this(namespace, key, delta, null);
  }

  /** Whether its delta is not there: nothing is to be joined. */
  public boolean isWithheld() {
    return withheld != null;
  }

  /** Whether its delta is to be had from somebody, for one who is interested in its key. */
  public boolean isOwed() {
    return withheld != null && !withheld.isLost();
  }
}
