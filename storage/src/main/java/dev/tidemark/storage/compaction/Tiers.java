package dev.tidemark.storage.compaction;

import dev.tidemark.storage.log.SegmentInfo;
import java.util.List;

/**
 * Which segments are folded next. Adjacent ones of about a size are, once there are enough of them:
 * the largest is never larger than the others together, so that whoever is not the largest comes
 * into one that is at least twice as large, and is rewritten no more often than its log can double.
 */
final class Tiers {
  /** Fewer are left alone. */
  static final int LEAST = 4;

  /** More are folded in several steps. */
  static final int MOST = 64;

  private static final int GROWTH = 4;

  private Tiers() {}

  /**
   * The segments to fold next; none if it is not worth it yet.
   *
   * @param sealed sealed segments that follow each other, in the order of the log
   * @param segmentBytes the size at which a segment is sealed: so much is worth it
   */
  static List<SegmentInfo> next(List<SegmentInfo> sealed, long segmentBytes) {
    long largest = sealed.stream().mapToLong(SegmentInfo::bytes).max().orElse(0);
    for (long size = segmentBytes; ; size *= GROWTH) {
      List<SegmentInfo> found = ofAtMost(size, sealed, segmentBytes);
      if (!found.isEmpty() || size >= largest) {
        return found;
      }
    }
  }

  private static List<SegmentInfo> ofAtMost(
      long size, List<SegmentInfo> sealed, long segmentBytes) {
    int from = 0;
    for (int i = 0; i <= sealed.size(); i++) {
      boolean ends = i == sealed.size() || sealed.get(i).bytes() > size || i - from == MOST;
      if (ends) {
        List<SegmentInfo> stretch = sealed.subList(from, i);
        if (isWorthIt(stretch, segmentBytes)) {
          return List.copyOf(stretch);
        }
        from = i < sealed.size() && sealed.get(i).bytes() > size ? i + 1 : i;
      }
    }
    return List.of();
  }

  private static boolean isWorthIt(List<SegmentInfo> stretch, long segmentBytes) {
    long all = stretch.stream().mapToLong(SegmentInfo::bytes).sum();
    long largest = stretch.stream().mapToLong(SegmentInfo::bytes).max().orElse(0);
    boolean isMuch = all >= segmentBytes || stretch.size() == MOST;
    return stretch.size() >= LEAST && isMuch && 2 * largest <= all;
  }
}
