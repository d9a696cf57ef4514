package dev.tidemark.storage.log;

import java.nio.file.Path;
import java.util.List;

/**
 * A folded segment that is whole and forced, and not in the log yet.
 *
 * @param number the number that is kept for it
 * @param aside the directory it was written in
 * @param entries how many entries it has
 * @param bytes the length of its data file
 * @param checksum CRC32C over the checksums of its entries, in order
 * @param coverage what it holds of each origin
 */
public record FoldedSegment(
    long number,
    Path aside,
    long entries,
    long bytes,
    int checksum,
    List<OriginCoverage> coverage) {
  /** The catalogue's entry for it, once it has a place in the log. */
  SegmentInfo info(long firstPosition, long lastPosition) {
    return new SegmentInfo(
        number,
        SegmentInfo.Kind.FOLDED,
        firstPosition,
        lastPosition,
        entries,
        bytes,
        checksum,
        coverage,
        true);
  }
}
