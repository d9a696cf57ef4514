package dev.tidemark.storage.core;

import dev.tidemark.engine.stability.Roster;
import dev.tidemark.engine.stability.Row;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.SegmentInfo;
import java.util.List;
import java.util.Map;

/**
 * Which part of the log of a store that holds some of all keys must stay commits. Nobody else has
 * its own operations at first; folded together with what it has of others they would be of no use
 * to one who holds more keys.
 */
final class Unspread {
  private Unspread() {}

  /**
   * The lowest position with an own operation that another is not known to have; {@link
   * LogHolds#NONE} if all have all.
   *
   * @param matrix what is known of each replica
   * @param roster whom nobody waits for any more
   */
  static long lowest(long self, Map<Long, Row> matrix, Roster roster, List<SegmentInfo> segments) {
    long spread = spread(self, matrix, roster);
    for (SegmentInfo segment : segments) {
      if (Coverage.after(segment.coverage()).get(self) > spread) {
        return segment.firstPosition();
      }
    }
    return LogHolds.NONE;
  }

  /** Up to which of its own operations all others are known to have them; 0 without others. */
  static long spread(long self, Map<Long, Row> matrix, Roster roster) {
    return matrix.entrySet().stream()
        .filter(row -> row.getKey() != self && !roster.isRetired(row.getKey()))
        .mapToLong(row -> row.getValue().known().get(self))
        .min()
        .orElse(0);
  }
}
