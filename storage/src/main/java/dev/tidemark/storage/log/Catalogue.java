package dev.tidemark.storage.log;

import java.util.ArrayList;
import java.util.List;

/**
 * What is known of the sealed segments, outside of them: a segment that is shorter than this says
 * is damaged, where the segment alone would just seem to end.
 *
 * @param firstPosition the position of the first commit that the log holds, or will hold
 * @param segments the sealed segments in order of their positions, without gaps
 */
record Catalogue(long firstPosition, List<SegmentInfo> segments) {
  static final Catalogue EMPTY = new Catalogue(1, List.of());

  Catalogue {
    segments = List.copyOf(segments);
  }

  /** The position of the last commit in a sealed segment. */
  long lastPosition() {
    return segments.isEmpty()
        ? firstPosition - 1
        : segments.get(segments.size() - 1).lastPosition();
  }

  /** The highest number of a sealed segment; 0 if there is none. */
  long lastNumber() {
    return segments.isEmpty() ? 0 : segments.get(segments.size() - 1).number();
  }

  /** With one more segment at the end. */
  Catalogue with(SegmentInfo segment) {
    List<SegmentInfo> all = new ArrayList<>(segments);
    all.add(segment);
    return new Catalogue(firstPosition, all);
  }
}
