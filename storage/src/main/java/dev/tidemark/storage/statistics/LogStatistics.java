package dev.tidemark.storage.statistics;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.storage.log.SegmentInfo;
import java.util.List;

/**
 * What a log holds.
 *
 * @param segments its segments in order; those that are not sealed come last
 * @param bytes their size
 * @param commits how many commits they hold
 * @param operations how many operations those have
 * @param keys on how many keys they are, about
 * @param hottest the keys with most of them
 */
public record LogStatistics(
    List<SegmentInfo> segments,
    long bytes,
    long commits,
    long operations,
    long keys,
    List<HotKey> hottest) {
  /**
   * A key that many operations are on.
   *
   * @param operations how many at most
   * @param excess by how many that may be too many
   */
  public record HotKey(Bytes key, long operations, long excess) {}

  /** What folding all of it to a delta per key would save, if operations are all of one size. */
  public long foldableBytes() {
    return operations <= keys ? 0 : (long) (bytes * ((double) (operations - keys) / operations));
  }
}
