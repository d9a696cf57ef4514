package dev.tidemark.storage.log;

import dev.tidemark.storage.run.RunEffect;
import java.util.List;

/**
 * What a segment of the log holds.
 *
 * @param number names its directory; no two of a log have the same
 * @param kind how its entries came to be
 * @param firstPosition the position of its first commit
 * @param lastPosition the position of its last commit
 * @param entries how many entries it has: of a raw one, as many as commits
 * @param bytes the length of its data file up to the end of the last entry
 * @param checksum CRC32C over the checksums of its entries, in order
 * @param coverage what it holds of each origin, in unsigned order of origins
 * @param sealed whether nothing will be appended to it any more
 */
public record SegmentInfo(
    long number,
    Kind kind,
    long firstPosition,
    long lastPosition,
    long entries,
    long bytes,
    int checksum,
    List<OriginCoverage> coverage,
    boolean sealed) {
  /** How a segment's entries came to be. */
  public enum Kind {
    /** Commits as they were appended. */
    RAW(FrameLayout.KIND_COMMIT),
    /** A run: deltas folded per key. */
    FOLDED(FrameLayout.KIND_FOLDED);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /** Whether it holds a run, and not commits. */
  public boolean isFolded() {
    return kind == Kind.FOLDED;
  }

  /** Whether it brings keys that the store came to hold, and no operations. */
  public boolean bringsKeys() {
    return isFolded() && Coverage.effect(coverage) == RunEffect.REPLACES;
  }

  /** How many positions it takes up. */
  public long positions() {
    return lastPosition - firstPosition + 1;
  }
}
