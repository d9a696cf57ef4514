package dev.tidemark.tools.load;

import dev.tidemark.type.Durability;

/** A way into a store. */
interface CommitWriter {
  /**
   * Writes a commit and returns when it is in.
   *
   * @param awaited whether to wait for the disk behind the commit instead of in it
   */
  Written write(PlannedCommit commit, Durability durability, boolean awaited);

  /** Where a commit is: at a position of this range. */
  record Written(long from, long to) {}
}
