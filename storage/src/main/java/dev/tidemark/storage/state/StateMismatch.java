package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import org.jspecify.annotations.Nullable;

/**
 * Something in the stored state that is not as it says it is.
 *
 * @param kind what was compared
 * @param namespace where, or null if it is the store as a whole
 * @param key which key, or for a block that cannot be read the last key before it; null if there is
 *     none
 * @param expected what the record or RocksDB says
 * @param actual what is there
 */
public record StateMismatch(
    Kind kind, @Nullable Namespace namespace, @Nullable Bytes key, String expected, String actual) {
  /** What was compared. */
  public enum Kind {
    /** The stored count of live cells with the cells that are live. */
    LIVE_CELLS,
    /** The stored digest with the one of head and cells. */
    DIGEST,
    /** Cells are there, and the head they belong to is not. */
    HEAD_MISSING,
    /** A record does not decode although its checksum holds. */
    RECORD,
    /** A block cannot be read; what lies behind it in the namespace was not compared. */
    BLOCK,
    /** The checksums of table files with their content. */
    CHECKSUM
  }

  @Override
  public String toString() {
    return kind
        + ": namespace="
        + namespace
        + ", key="
        + key
        + ", expected="
        + expected
        + ", actual="
        + actual;
  }
}
