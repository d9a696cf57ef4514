package dev.tidemark.tools.demo;

import dev.tidemark.engine.codec.Bytes;
import java.util.List;
import java.util.Locale;

/** The paths that had several contents when a merge had received its parents. Thread-safe. */
final class Conflicts {
  private final Tally settled = new Tally();
  private long merges;

  /** A merge met these and left those. */
  synchronized void met(GitCommit merge, List<Bytes> before, List<Bytes> after) {
    merges++;
    for (Bytes path : before) {
      settled.count(
          !after.contains(path),
          () -> "merge " + merge.index() + " leaves a conflict at " + path.toUtf8());
    }
  }

  synchronized Check check() {
    return settled.check(
        "conflicts", String.format(Locale.ROOT, "settled, seen at %,d merges", merges));
  }
}
