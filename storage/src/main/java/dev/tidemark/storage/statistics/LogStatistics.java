package dev.tidemark.storage.statistics;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.storage.log.SegmentInfo;
import java.util.List;

/**
 * What a log holds.
 *
 * @param segments its segments in order; those that are not sealed come last
 * @param bytes their size
 * @param commits how many commits the raw ones hold
 * @param operations how many operations those have
 * @param folded how many operations the folded ones stand for
 * @param records how many deltas those were folded to
 * @param keys on how many keys operations and deltas are, about
 * @param hottest the keys with most of them
 */
public record LogStatistics(
    List<SegmentInfo> segments,
    long bytes,
    long commits,
    long operations,
    long folded,
    long records,
    long keys,
    List<HotKey> hottest) {
  /**
   * A key that many operations are on.
   *
   * @param operations how many at most, a folded delta counted once
   * @param excess by how many that may be too many
   */
  public record HotKey(Bytes key, long operations, long excess) {}

  /** What folding all of it to a delta per key would save, if they are all of one size. */
  public long foldableBytes() {
    long held = operations + records;
    return held <= keys ? 0 : (long) (bytes * ((double) (held - keys) / held));
  }
}
