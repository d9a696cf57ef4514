package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.PartialCommit;
import dev.tidemark.engine.commit.Withheld;
import dev.tidemark.storage.log.LogCursor;
import java.util.HashSet;
import java.util.Set;

/** Operations that count as seen and whose effect no member has, as the log says. */
final class LostOperations {
  private LostOperations() {}

  /** Those of which the log still has the commits. */
  static Set<Dot> of(StoreCore store) {
    Set<Dot> lost = new HashSet<>();
    long first = store.log().firstPosition();
    try (LogHolds.Hold hold = store.holds().add(() -> first);
        LogCursor cursor = store.log().cursor(store.log().firstPosition())) {
      while (cursor.next()) {
        if (!cursor.isRun() && PartialCommit.is(cursor.array(), cursor.offset())) {
          add(CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length()), lost);
        }
      }
    }
    return lost;
  }

  private static void add(Commit commit, Set<Dot> lost) {
    for (int i = 0; i < commit.operations().size(); i++) {
      Withheld withheld = commit.operations().get(i).withheld();
      if (withheld != null && withheld.isLost()) {
        lost.add(commit.header().operation(i).dot());
      }
    }
  }
}
