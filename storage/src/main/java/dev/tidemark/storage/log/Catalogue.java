package dev.tidemark.storage.log;

import dev.tidemark.engine.causality.VersionVector;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known of the sealed segments, outside of them: a segment that is shorter than this says
 * is damaged, where the segment alone would just seem to end.
 *
 * @param firstPosition the position of the first commit that the log holds, or will hold
 * @param cut the operations without which the log must not be read: they were in it and lie before
 *     that now, or a state that it begins with has forgotten what they were
 * @param bare the operations without which it must not be read by one who is to have all keys of it
 *     that the store holds: of some it has no more than their places, since the store came to hold
 *     their keys later
 * @param segments the sealed segments in order of their positions, without gaps
 */
record Catalogue(
    long firstPosition, VersionVector cut, VersionVector bare, List<SegmentInfo> segments) {
  static final Catalogue EMPTY =
      new Catalogue(1, VersionVector.EMPTY, VersionVector.EMPTY, List.of());

  Catalogue {
    segments = List.copyOf(segments);
  }

  /**
   * Behind the segments at the beginning that hold nothing beyond what was seen, and inside the
   * next one behind what was read of it.
   *
   * @param reached up to which position all was read; it counts only as far as what was seen bears
   *     it out
   */
  long firstLacking(VersionVector seen, long reached) {
    long first = firstPosition;
    for (SegmentInfo segment : segments) {
      if (!segment.sealed() || !seen.dominates(Coverage.after(segment.coverage()))) {
        boolean isBorneOut = !segment.sealed() || reached < segment.lastPosition();
        return isBorneOut ? Math.max(first, reached + 1) : first;
      }
      first = segment.lastPosition() + 1;
    }
    return Math.max(first, reached + 1);
  }

  /** The position of the last commit in a sealed segment. */
  long lastPosition() {
    return segments.isEmpty()
        ? firstPosition - 1
        : segments.get(segments.size() - 1).lastPosition();
  }

  /** The highest number of a sealed segment; 0 if there is none. */
  long lastNumber() {
    return segments.stream().mapToLong(SegmentInfo::number).max().orElse(0);
  }

  /** Whether a sealed segment has a number. */
  boolean names(long number) {
    return segments.stream().anyMatch(segment -> segment.number() == number);
  }

  /** With one more segment at the end. */
  Catalogue with(SegmentInfo segment) {
    List<SegmentInfo> all = new ArrayList<>(segments);
    all.add(segment);
    return new Catalogue(firstPosition, cut, bare, all);
  }

  /** For those alone who have some more operations. */
  Catalogue cutBehind(VersionVector more) {
    return new Catalogue(firstPosition, cut.join(more), bare, segments);
  }

  /** Some more operations are bare where they are not known to be: the store holds more keys. */
  Catalogue bareUpTo(VersionVector more) {
    return new Catalogue(firstPosition, cut, bare.join(more), segments);
  }

  /** With one segment in place of some that follow each other; as it is if they are not there. */
  Catalogue with(List<SegmentInfo> originals, SegmentInfo replacement) {
    List<SegmentInfo> all = new ArrayList<>(segments);
    int at = all.indexOf(originals.get(0));
    int end = at + originals.size();
    if (at < 0 || end > all.size() || !all.subList(at, end).equals(originals)) {
      return this;
    }
    all.subList(at, end).clear();
    all.add(at, replacement);
    return new Catalogue(firstPosition, cut, bare, all);
  }

  /** Without the segments that lie whole below a position. */
  Catalogue from(long position) {
    List<SegmentInfo> kept = new ArrayList<>(segments);
    VersionVector dropped = cut;
    long first = firstPosition;
    while (!kept.isEmpty() && kept.get(0).lastPosition() < position) {
      SegmentInfo segment = kept.remove(0);
      dropped = dropped.join(Coverage.after(segment.coverage()));
      first = segment.lastPosition() + 1;
    }
    return new Catalogue(first, dropped, bare, kept);
  }
}
