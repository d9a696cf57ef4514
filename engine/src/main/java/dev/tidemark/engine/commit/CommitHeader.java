package dev.tidemark.engine.commit;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.operation.OperationId;

/**
 * What a commit says of itself.
 *
 * @param origin the replica that made it
 * @param firstSequence the sequence of its first operation; the others follow
 * @param stamp the hybrid time of its first operation; the others follow at +1 each
 * @param operations how many operations it has
 * @param summary the entries of the origin's version vector, its own left out, that changed since
 *     its previous commit: what it had newly seen of others
 * @param chain the origin's {@link ChainHash} up to and with this commit
 */
public record CommitHeader(
    long origin,
    long firstSequence,
    long stamp,
    int operations,
    VersionVector summary,
    long chain) {
  /** The sequence of the last operation. */
  public long lastSequence() {
    return firstSequence + operations - 1;
  }

  /** The stamp of the last operation. */
  public long lastStamp() {
    return stamp + operations - 1;
  }

  /** Who, where and when of the operation at an index. */
  public OperationId operation(int index) {
    return new OperationId(origin, firstSequence + index, stamp + index);
  }
}
