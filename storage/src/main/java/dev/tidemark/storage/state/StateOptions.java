package dev.tidemark.storage.state;

import dev.tidemark.error.Problem;

/**
 * What the state may use of the machine.
 *
 * <p>Native memory is bounded by {@code blockCacheBytes} plus what is not charged to the cache:
 * blocks that open iterators pin, the batch being folded (once as a batch, once more in the write
 * buffer), and a few kilobytes for each open file. Write buffers, index and filter blocks are
 * charged to the cache. Both limits are soft by one batch: RocksDB takes a batch in whole and
 * flushes afterwards.
 *
 * @param blockCacheBytes one cache for the blocks of all namespaces
 * @param writeBufferBytes write buffers of all namespaces together, charged to the cache
 * @param maxOpenFiles table files kept open at once
 */
public record StateOptions(long blockCacheBytes, long writeBufferBytes, int maxOpenFiles) {
  /** 64 MiB of cache, half of which may be write buffers, and 256 files. */
  public static final StateOptions DEFAULT = new StateOptions(64L << 20, 32L << 20, 256);

  private static final long MIN_BYTES = 1L << 20;
  private static final int MIN_OPEN_FILES = 16;
  private static final int BUFFERS_PER_DISK = 16;
  private static final int MOST_TABLES_PER_CACHE = 8;

  /** Refuses what RocksDB cannot work with. */
  public StateOptions {
    require("blockCacheBytes", blockCacheBytes, MIN_BYTES);
    require("writeBufferBytes", writeBufferBytes, MIN_BYTES);
    require("maxOpenFiles", maxOpenFiles, MIN_OPEN_FILES);
    if (writeBufferBytes > blockCacheBytes) {
      throw Problem.of("write buffers are larger than the cache they are charged to")
          .with("writeBufferBytes", writeBufferBytes)
          .with("blockCacheBytes", blockCacheBytes)
          .advise("give the cache at least as much")
          .illegalArgument();
    }
  }

  /**
   * The same for a disk of the given size, with write buffers no larger than a sixteenth of it. A
   * flush must find room for a buffer in the reserve that the log leaves, an eighth of a small
   * disk; and after a full disk RocksDB writes again when a buffer's size is free, so not before
   * there is.
   */
  StateOptions forDisk(long totalBytes) {
    long most = Math.max(MIN_BYTES, totalBytes / BUFFERS_PER_DISK);
    return writeBufferBytes <= most ? this : new StateOptions(blockCacheBytes, most, maxOpenFiles);
  }

  /**
   * Whether tables of so many bytes have filters and indexes that should not be kept whole: they
   * have 2.5 to 5 % of a table's bytes, so up to here they take at most two fifths of the cache.
   */
  boolean isOutgrownBy(long tableBytes) {
    return tableBytes / MOST_TABLES_PER_CACHE > blockCacheBytes;
  }

  private static void require(String name, long value, long least) {
    if (value < least) {
      throw Problem.of("state option is too small")
          .with("option", name)
          .with("value", value)
          .with("least", least)
          .advise("raise it")
          .illegalArgument();
    }
  }
}
