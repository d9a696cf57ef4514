package dev.tidemark.tools.demo;

import java.util.List;

/**
 * A commit of the recorded history.
 *
 * @param index in the file; parents come first
 * @param parents their indexes
 * @param author a number
 * @param seconds when it was committed, since 1970
 * @param replica where it was made, from 0; it has seen every earlier commit of its replica
 * @param writes at a merge, only what the merged histories do not already give
 */
record GitCommit(
    int index, int[] parents, int author, long seconds, int replica, List<PathWrite> writes) {

  boolean isMerge() {
    return parents.length > 1;
  }

  /** What it adds to its author's account. */
  AuthorTotals totals() {
    long added = 0;
    long deleted = 0;
    for (PathWrite write : writes) {
      added += write.added();
      deleted += write.deleted();
    }
    return new AuthorTotals(1, added, deleted);
  }

  /** How many operations it is made of: a write per path, three counters at most, an event. */
  int operations() {
    AuthorTotals totals = totals();
    return writes.size() + 2 + (totals.added() > 0 ? 1 : 0) + (totals.deleted() > 0 ? 1 : 0);
  }
}
