package dev.tidemark.storage.log;

import dev.tidemark.error.Problem;

/**
 * How the log is written.
 *
 * @param segmentBytes at which size a segment is sealed; 64 KiB to 1 GiB
 * @param markIntervalMillis how old the durable mark on the medium may become while groups are
 *     forced; 0 forces it with every group, at the price of a second force
 * @param reserveBytes how much of the disk is left free at most, see {@link SpaceGuard}; appends
 *     are refused below it
 */
public record LogOptions(long segmentBytes, long markIntervalMillis, long reserveBytes) {
  /** The smallest segment. */
  public static final long MIN_SEGMENT_BYTES = 64L << 10;

  /** The largest segment. */
  public static final long MAX_SEGMENT_BYTES = 1L << 30;

  /** Segments of 64 MiB, a mark at most 50 ms behind, 64 MiB left free. */
  public static final LogOptions DEFAULT = new LogOptions(64L << 20, 50, 64L << 20);

  /** Checks the limits. */
  public LogOptions {
    if (segmentBytes < MIN_SEGMENT_BYTES || segmentBytes > MAX_SEGMENT_BYTES) {
      throw Problem.of("segment size is out of range")
          .with("bytes", segmentBytes)
          .with("least", MIN_SEGMENT_BYTES)
          .with("most", MAX_SEGMENT_BYTES)
          .illegalArgument();
    }
    if (reserveBytes < 0) {
      throw Problem.of("reserve is negative").with("bytes", reserveBytes).illegalArgument();
    }
    if (markIntervalMillis < 0) {
      throw Problem.of("mark interval is negative")
          .with("millis", markIntervalMillis)
          .illegalArgument();
    }
  }

  /** These options with another segment size. */
  public LogOptions withSegmentBytes(long bytes) {
    return new LogOptions(bytes, markIntervalMillis, reserveBytes);
  }
}
