package dev.tidemark.engine.stability;

import dev.tidemark.engine.causality.VersionVector;

/**
 * What is known of one replica: a row of the matrix clock.
 *
 * @param sequence its newest operation that is here
 * @param lastStamp the stamp of that operation: all that is still to come of it is later
 * @param known what it had seen of others when it made that operation
 */
public record Row(long sequence, long lastStamp, VersionVector known) {
  /** Nothing is known. */
  public static final Row NONE = new Row(0, 0, VersionVector.EMPTY);

  /** What it is known to have seen, its own operations among it. */
  VersionVector seen(long replica) {
    return known.with(replica, sequence);
  }
}
