package dev.tidemark.tools.scenario;

import dev.tidemark.storage.Options;

/** How much a replica's store may take. */
public enum StoreSize {
  /** For the few steps of a scenario, of which many run in one process. */
  SMALL(64L << 10, 1L << 20, 2L << 20),
  /** For a trace of any length. */
  LARGE(16L << 20, 16L << 20, 16L << 20);

  private final long segmentBytes;
  private final long overlayBytes;
  private final long cacheBytes;

  StoreSize(long segmentBytes, long overlayBytes, long cacheBytes) {
    this.segmentBytes = segmentBytes;
    this.overlayBytes = overlayBytes;
    this.cacheBytes = cacheBytes;
  }

  Options apply(Options options) {
    return options
        .withSegmentBytes(segmentBytes)
        // A scenario says itself when.
        .withCompactionBytesPerSecond(0)
        .withOverlayBytes(overlayBytes)
        .withCacheBytes(cacheBytes);
  }
}
