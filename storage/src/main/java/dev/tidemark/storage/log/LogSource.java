package dev.tidemark.storage.log;

import java.util.List;
import java.util.OptionalLong;

/** What a cursor reads from: an open log, or the files of one that is open elsewhere. */
interface LogSource {
  /** Throws if it is closed. */
  void requireOpen();

  /** The lowest position it holds. */
  long firstPosition();

  /** The position of the newest snapshot, for those who come too late for the log. */
  OptionalLong newestSnapshot();

  /** The highest position that may be read. */
  long appendedPosition();

  /** Its segments in order; a new list whenever one is added. */
  List<SegmentExtent> extents();

  /** The index of the segment that holds a position. */
  static int indexOf(List<SegmentExtent> extents, long position) {
    int low = 0;
    int high = extents.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (extents.get(middle).firstPosition() <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
