package dev.tidemark.type;

/** What an update has survived by the time its call returns. */
public enum Durability {
  /**
   * The commit is complete in the mapped file of the log. It survives the death of the process,
   * also by {@code kill -9}; after a power loss the log ends in an earlier commit, at most the
   * store's sync interval and one sync ago, and never has a hole.
   */
  BUFFERED,

  /**
   * The commit is forced to the disk. It survives a power loss too, on a disk that keeps what it
   * acknowledges. Callers that wait at the same time share one sync.
   */
  SYNCED
}
