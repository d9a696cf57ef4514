package dev.tidemark.benchmarks.harness;

import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;

/**
 * What both sides of a comparison are given: the same memory for what is written and not yet in
 * tables, and the same cache for what is read.
 */
public final class Settings {
  private static final long MIB = 1 << 20;

  /** Overlay and write buffers, or write buffers alone. */
  public static final long WRITE_BYTES = 128 * MIB;

  /** Blocks of tables. */
  public static final long CACHE_BYTES = 64 * MIB;

  private Settings() {}

  /** A store's: half of its cache may be write buffers, the rest of the memory is the overlay. */
  public static Options store() {
    return Options.defaults()
        .withCacheBytes(CACHE_BYTES)
        .withOverlayBytes(WRITE_BYTES - CACHE_BYTES / 2);
  }

  /** The same without upkeep of the log, which then stays as it was written. */
  public static Options storeWithWholeLog() {
    return store().withCompactionBytesPerSecond(0).withRetention(Retention.byCommandOnly());
  }

  /** The store's, in words. */
  public static String ofStore() {
    return Figure.format(
        "overlay %d MiB, write buffers %d MiB, cache %d MiB with those; else defaults",
        (WRITE_BYTES - CACHE_BYTES / 2) / MIB, CACHE_BYTES / 2 / MIB, CACHE_BYTES / MIB);
  }
}
