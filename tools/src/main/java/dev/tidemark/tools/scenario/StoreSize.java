package dev.tidemark.tools.scenario;

import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;

/** How much a replica's store may take. */
public enum StoreSize {
  /** For the few steps of a scenario, of which many run in one process. */
  SMALL(64L << 10, 1L << 20, 2L << 20, Retention.defaults().retainBytes()),
  /** The same, and what a truncation cuts off is kept for nobody. */
  BARE(64L << 10, 1L << 20, 2L << 20, 0),
  /** For a trace of any length. */
  LARGE(16L << 20, 16L << 20, 16L << 20, Retention.defaults().retainBytes());

  private final long segmentBytes;
  private final long overlayBytes;
  private final long cacheBytes;
  private final long retainBytes;

  StoreSize(long segmentBytes, long overlayBytes, long cacheBytes, long retainBytes) {
    this.segmentBytes = segmentBytes;
    this.overlayBytes = overlayBytes;
    this.cacheBytes = cacheBytes;
    this.retainBytes = retainBytes;
  }

  Options apply(Options options) {
    return options
        .withSegmentBytes(segmentBytes)
        // A scenario says itself when.
        .withCompactionBytesPerSecond(0)
        .withRetention(options.retention().withRetainBytes(retainBytes))
        .withOverlayBytes(overlayBytes)
        .withCacheBytes(cacheBytes);
  }
}
