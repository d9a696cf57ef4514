package dev.tidemark.storage.repair;

import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.storage.log.SalvageCursor;
import dev.tidemark.storage.log.SalvagedLog;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Progress;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the unbroken end of the old log begins that the state holds already: its values are in the
 * state, but peers that lack these commits can be given them.
 */
final class History {
  private record Step(long sequence, long chain) {}

  private final Map<Long, Step> origins = new HashMap<>();
  private long first = 1;

  private History() {}

  /** The first position of it; one above what the state holds if there is none. */
  static long firstPosition(SalvagedLog log, Progress progress) {
    return new History().walk(log, progress);
  }

  private long walk(SalvagedLog log, Progress progress) {
    long applied = progress.applied();
    long due = 1;
    try (SalvageCursor cursor = log.cursor()) {
      while (cursor.next() && cursor.position() <= applied) {
        boolean unclear = cursor.found().size() > 1;
        if (cursor.position() != due || unclear) {
          beginAt(unclear ? cursor.position() + 1 : cursor.position());
        }
        if (!unclear) {
          follow(cursor);
        }
        due = cursor.position() + 1;
      }
    }
    return due == applied + 1 && agrees(progress) ? Math.min(first, due) : applied + 1;
  }

  private void beginAt(long position) {
    origins.clear();
    first = position;
  }

  private void follow(SalvageCursor cursor) {
    byte[] bytes = cursor.found().get(0).bytes();
    CommitHeader header = cursor.found().get(0).commit().header();
    Step before = origins.get(header.origin());
    if (before != null
        && (header.firstSequence() != before.sequence + 1
            || CommitCodec.chain(bytes, 0, bytes.length, before.chain) != header.chain())) {
      beginAt(cursor.position());
    }
    origins.put(header.origin(), new Step(header.lastSequence(), header.chain()));
  }

  /** The state must have come to the same end by the same way. */
  private boolean agrees(Progress progress) {
    return origins.entrySet().stream()
        .allMatch(
            entry -> {
              OriginRow row = progress.origin(entry.getKey());
              return row != null && new Step(row.sequence(), row.chain()).equals(entry.getValue());
            });
  }
}
