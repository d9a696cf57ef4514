package dev.tidemark.storage.state;

import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.util.StdErrLogger;

/**
 * Every setting of RocksDB, and the native objects that carry them; they must outlive the database.
 *
 * <p>No setting here takes a Java object that RocksDB would call back: with such a listener, a
 * process that exits while a flush is running never ends.
 */
final class Tuning implements AutoCloseable {
  private static final double BLOOM_BITS_PER_KEY = 10;
  private static final long METADATA_BLOCK_BYTES = 8 << 10;
  // The default makes 64 parts of 1 MiB each, and a large block then empties its whole part.
  private static final int CACHE_PART_BITS = 2;
  private static final double HIGH_PRIORITY_SHARE = 0.5;
  private static final long ARENA_BLOCK_BYTES = 64 << 10;
  private static final long TARGET_FILE_BYTES = 32 << 20;
  private static final int BACKGROUND_JOBS = 2;
  private static final int MOST_OPENING_THREADS = 16;
  private static final int TABLES_A_THREAD = 32;
  private static final long LOG_FILE_BYTES = 1 << 20;
  private static final int LOG_FILES = 2;
  private static final long MANIFEST_BYTES = 16 << 20;
  // The default of 4 MiB is more than most manifests, and half of a small disk.
  private static final long MANIFEST_STEP_BYTES = 64 << 10;

  private final Deque<AbstractNativeReference> owned = new ArrayDeque<>();
  private final StateOptions options;
  private final boolean inParts;
  private final LRUCache cache;
  private final BlockBasedTableConfig table;
  private final ColumnFamilyOptions columns;
  private final DBOptions database;

  /** For a database that has these tables. */
  Tuning(StateOptions options, Tables.Found tables, boolean readOnly) {
    this.options = options;
    inParts = options.isOutgrownBy(tables.bytes());
    cache =
        own(new LRUCache(options.blockCacheBytes(), CACHE_PART_BITS, false, HIGH_PRIORITY_SHARE));
    table = table();
    columns = columns(options);
    database = database(options, tables.count());
    if (readOnly) {
      quiet();
    }
  }

  /**
   * Opens every table at once and keeps it open: a process that has the database open for writing
   * removes tables that it has merged into others, and those that are open stay readable.
   */
  void holdAllTables() {
    database.setMaxOpenFiles(-1);
  }

  /**
   * As many threads as so many tables are worth. RocksDB's 16 are started anew for each column
   * family, tables or not: of the open of a small store they took half the time.
   */
  private static int openingThreads(long tables) {
    return (int) Math.min(MOST_OPENING_THREADS, 1 + tables / TABLES_A_THREAD);
  }

  /** Whether tables of so many bytes should not be written with these settings any more. */
  boolean isOutgrownBy(long tableBytes) {
    return !inParts && options.isOutgrownBy(tableBytes);
  }

  /** The settings of the database. */
  DBOptions database() {
    return database;
  }

  /** The settings of every column family. */
  ColumnFamilyOptions columns() {
    return columns;
  }

  /** Settings for reading the list of column families; the caller closes them. */
  Options forListing() {
    Options options = new Options();
    options.setTableFormatConfig(table);
    return options;
  }

  /** What it was made for. */
  StateOptions options() {
    return options;
  }

  /** Bytes in the block cache, write buffers included. */
  long cacheBytes() {
    return cache.getUsage();
  }

  /** Bytes of the block cache that are in use right now. */
  long pinnedCacheBytes() {
    return cache.getPinnedUsage();
  }

  private BlockBasedTableConfig table() {
    BlockBasedTableConfig table = cachedTable();
    // In parts a get takes 1.40 times as much as in RocksDB with its defaults, whole 1.13, for as
    // long as the cache holds all of them. Beyond that each get reads the whole filter and the
    // whole index of a table, hundreds of kilobytes.
    return inParts
        ? table
            .setIndexType(IndexType.kTwoLevelIndexSearch)
            .setPartitionFilters(true)
            .setMetadataBlockSize(METADATA_BLOCK_BYTES)
            .setPinTopLevelIndexAndFilter(true)
        : table;
  }

  private BlockBasedTableConfig cachedTable() {
    return new BlockBasedTableConfig()
        // Without it, every set of column family options made through JNI brings a cache of its
        // own.
        .setBlockCache(cache)
        .setFilterPolicy(own(new BloomFilter(BLOOM_BITS_PER_KEY)))
        // Index and filter blocks count against the cache: otherwise they grow with the state,
        // unseen.
        .setCacheIndexAndFilterBlocks(true)
        .setCacheIndexAndFilterBlocksWithHighPriority(true)
        .setPinL0FilterAndIndexBlocksInCache(true);
  }

  private ColumnFamilyOptions columns(StateOptions options) {
    return own(new ColumnFamilyOptions())
        .setTableFormatConfig(table)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setWriteBufferSize(options.writeBufferBytes())
        // The default of 1 MiB, taken by each namespace at its first write, would fill the shared
        // budget.
        .setArenaBlockSize(ARENA_BLOCK_BYTES)
        .setTargetFileSizeBase(TARGET_FILE_BYTES);
  }

  private DBOptions database(StateOptions options, long tables) {
    return own(new DBOptions())
        // With the write-ahead log off, only an atomic flush keeps column families at one moment.
        .setAtomicFlush(true)
        // RocksDB's own recovery from a compaction that found the disk full waits for ever, and
        // with
        // it a close, if a flush was asked for meanwhile. Whoever allows transactions in two
        // phases,
        // which nothing here uses, is left with a plain error instead, which StateStore.reopen
        // mends.
        .setAllow2pc(true)
        // StateStore.close flushes, unless that has failed: once more would be of no use.
        .setAvoidFlushDuringShutdown(true)
        .setWriteBufferManager(own(new WriteBufferManager(options.writeBufferBytes(), cache)))
        .setMaxOpenFiles(options.maxOpenFiles())
        .setMaxFileOpeningThreads(openingThreads(tables))
        .setMaxBackgroundJobs(BACKGROUND_JOBS)
        .setMaxManifestFileSize(MANIFEST_BYTES)
        .setManifestPreallocationSize(MANIFEST_STEP_BYTES)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(LOG_FILE_BYTES)
        .setKeepLogFileNum(LOG_FILES)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0);
  }

  /**
   * A read-only database would still write its LOG into the directory. This native logger would
   * print to the error stream, but nothing is severe enough for the level it is given.
   */
  private void quiet() {
    database.setLogger(own(new StdErrLogger(InfoLogLevel.NUM_INFO_LOG_LEVELS)));
  }

  private <T extends AbstractNativeReference> T own(T reference) {
    owned.push(reference);
    return reference;
  }

  @Override
  public void close() {
    owned.forEach(AbstractNativeReference::close);
    owned.clear();
  }
}
