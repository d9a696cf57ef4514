package dev.tidemark.storage.conflict;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Value;
import org.jspecify.annotations.Nullable;

/**
 * A value that was lost here because of an update that had not seen it, nor been seen by it.
 *
 * @param number the how manyeth of this store it is, from 1
 * @param position the log position of the commit that brought the two together here
 * @param key the key
 * @param field the field of a map, or null where the key is one value
 * @param winner the update whose value is read
 * @param loser the update whose value is not; never a delete
 */
public record Conflict(
    long number, long position, Bytes key, @Nullable Bytes field, Side winner, Side loser) {
  /** What a conflict costs beside its bytes: records, dots, vectors. */
  private static final int OVERHEAD = 512;

  private static final int VECTOR_ENTRY_BYTES = 16;

  /**
   * One of the two updates.
   *
   * @param operation whose, and where in its log
   * @param stamp its hybrid time, by which the winner was found
   * @param value what it wrote, or null if it deleted
   * @param seen what its maker had seen when it made it, itself included. Always known of the
   *     update that came last; null where the other is so old that the store has let go of it
   */
  public record Side(
      Dot operation, long stamp, @Nullable Value value, @Nullable VersionVector seen) {
    private long bytes() {
      long bytes =
          value instanceof Value.Register of && of.value() != null ? of.value().length() : 0;
      return bytes + (seen == null ? 0 : (long) seen.size() * VECTOR_ENTRY_BYTES);
    }
  }

  /** About what it takes in memory. */
  long bytes() {
    long named = (long) key.length() + (field == null ? 0 : field.length());
    return OVERHEAD + named + winner.bytes() + loser.bytes();
  }

  /** Whether it is the same two updates of the same key and field. */
  boolean isSame(Conflict other) {
    return position == other.position
        && key.equals(other.key)
        && java.util.Objects.equals(field, other.field)
        && winner.operation.equals(other.winner.operation)
        && loser.operation.equals(other.loser.operation);
  }
}
