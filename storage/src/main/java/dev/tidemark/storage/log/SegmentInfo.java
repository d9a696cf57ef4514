package dev.tidemark.storage.log;

import java.util.List;

/**
 * What a segment of the log holds.
 *
 * @param number names its directory; later segments have higher numbers
 * @param kind how its entries came to be
 * @param firstPosition the position of its first commit
 * @param lastPosition the position of its last commit
 * @param bytes the length of its data file up to the end of the last commit
 * @param checksum CRC32C over the checksums of its entries, in order
 * @param coverage what it holds of each origin, in unsigned order of origins
 * @param sealed whether nothing will be appended to it any more
 */
public record SegmentInfo(
    long number,
    Kind kind,
    long firstPosition,
    long lastPosition,
    long bytes,
    int checksum,
    List<OriginCoverage> coverage,
    boolean sealed) {
  /** How a segment's entries came to be. */
  public enum Kind {
    /** Commits as they were appended. */
    RAW(1),
    /** Deltas folded per key; reserved. */
    FOLDED(2);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }
}
