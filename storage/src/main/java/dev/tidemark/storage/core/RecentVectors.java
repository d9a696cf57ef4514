package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.commit.CommitHeader;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the makers of the newest operations had seen when they made them. Commits say only what is
 * new to their maker, so a vector is noted where it changes. Guarded by the store's write lock.
 *
 * <p>Memory: {@value #MOST} vectors, of 16 bytes for each replica.
 */
final class RecentVectors {
  private static final int MOST = 4096;
  private static final int MOST_OF_ORIGIN = 256;

  private final Map<Long, TreeMap<Long, VersionVector>> byOrigin = new HashMap<>();
  private int count;
  // Mostly one origin goes on without having heard anything new: it costs no look.
  private long newest;

  /** A commit was logged, and its origin is known to have seen so much. */
  void note(CommitHeader header, VersionVector known) {
    boolean isNews = !header.summary().isEmpty();
    if (header.origin() == newest && !isNews) {
      return;
    }
    newest = header.origin();
    TreeMap<Long, VersionVector> changes = byOrigin.get(newest);
    if (changes != null && !isNews) {
      return;
    }
    if (changes == null) {
      if (count >= MOST) {
        forget();
      }
      changes = new TreeMap<>();
      byOrigin.put(newest, changes);
    } else if (changes.size() >= MOST_OF_ORIGIN || count >= MOST) {
      changes.pollFirstEntry();
      count--;
    }
    changes.put(header.firstSequence(), known);
    count++;
  }

  /** What an operation's maker had seen, itself included; null if that is not known any more. */
  @Nullable VersionVector of(Dot operation) {
    TreeMap<Long, VersionVector> changes = byOrigin.get(operation.replica());
    var change = changes == null ? null : changes.floorEntry(operation.sequence());
    return change == null
        ? null
        : change.getValue().with(operation.replica(), operation.sequence());
  }

  /** What was logged was not noted: from here on it is as if nothing had been. */
  void forget() {
    byOrigin.clear();
    newest = 0;
    count = 0;
  }
}
