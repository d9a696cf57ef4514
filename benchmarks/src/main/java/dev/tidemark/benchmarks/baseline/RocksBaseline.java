package dev.tidemark.benchmarks.baseline;

import dev.tidemark.benchmarks.harness.Settings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB as somebody would use it who needs no merging: its write-ahead log on, two write buffers
 * that are together what a store has for writing, the store's cache, filter and compression, and
 * else its defaults.
 */
public final class RocksBaseline implements AutoCloseable {
  private static final int WRITE_BUFFERS = 2;
  private static final int BLOOM_BITS = 10;

  static {
    RocksDB.loadLibrary();
  }

  private final LRUCache cache;
  private final BloomFilter filter = new BloomFilter(BLOOM_BITS);
  private final Options options = new Options();
  private final WriteOptions write = new WriteOptions();
  private final WriteOptions writeWithoutLog = new WriteOptions().setDisableWAL(true);
  private final WriteOptions writeSynced = new WriteOptions().setSync(true);
  private final ScheduledExecutorService forcing = Executors.newSingleThreadScheduledExecutor();
  private @Nullable Future<?> forces;
  private final RocksDB db;

  /** Opens or makes a database. */
  public RocksBaseline(Path directory) throws Exception {
    Files.createDirectories(directory);
    cache = new LRUCache(Settings.CACHE_BYTES);
    options
        .setCreateIfMissing(true)
        .setWriteBufferSize(Settings.WRITE_BYTES / WRITE_BUFFERS)
        .setMaxWriteBufferNumber(WRITE_BUFFERS)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setTableFormatConfig(
            new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(filter));
    db = RocksDB.open(options, directory.toString());
  }

  /** What it is given, in words. */
  public static String settings() {
    return "write buffers %d x %d MiB, cache %d MiB, bloom filter of %d bits, LZ4; else defaults"
        .formatted(
            WRITE_BUFFERS,
            (Settings.WRITE_BYTES / WRITE_BUFFERS) >> 20,
            Settings.CACHE_BYTES >> 20,
            BLOOM_BITS);
  }

  /** A put with the write-ahead log, not synced. */
  public void put(String key, byte[] value) {
    put(utf8(key), value);
  }

  /** A put with the write-ahead log, not synced. */
  public void put(byte[] key, byte[] value) {
    put(write, key, value);
  }

  /** A put that only the write buffer has. */
  public void putWithoutLog(byte[] key, byte[] value) {
    put(writeWithoutLog, key, value);
  }

  /** A put that waits for the disk. */
  public void putSynced(String key, byte[] value) {
    put(writeSynced, utf8(key), value);
  }

  private void put(WriteOptions how, byte[] key, byte[] value) {
    try {
      db.put(how, key, value);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Puts one value under several keys, in one batch and without the write-ahead log. */
  public void putWithoutLog(String[] keys, byte[] value) {
    byte[][] encoded = new byte[keys.length][];
    for (int i = 0; i < keys.length; i++) {
      encoded[i] = utf8(keys[i]);
    }
    putBatch(writeWithoutLog, encoded, value);
  }

  /** Puts one value under several keys, in one batch with the write-ahead log. */
  public void putBatch(byte[][] keys, byte[] value) {
    putBatch(write, keys, value);
  }

  private void putBatch(WriteOptions how, byte[][] keys, byte[] value) {
    try (WriteBatch batch = new WriteBatch()) {
      for (byte[] key : keys) {
        batch.put(key, value);
      }
      db.write(how, batch);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes all into tables and forces them and the log. */
  public void flush() {
    try (FlushOptions wait = new FlushOptions()) {
      db.flush(wait);
      db.syncWal();
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Forces the write-ahead log again and again, until closed. */
  public void forceLogEvery(Duration interval) {
    forces =
        forcing.scheduleWithFixedDelay(
            this::forceLog, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Waits for a force that is going: the library must not be called once it is closed. */
  private void stopForcing() {
    if (forces != null && forces.isDone()) {
      throw new IllegalStateException("RocksDB's log could not be forced");
    }
    forcing.shutdown();
    try {
      if (!forcing.awaitTermination(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("RocksDB's log is still being forced");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while RocksDB's log is forced", e);
    }
  }

  private void forceLog() {
    try {
      db.syncWal();
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The value of a key, or null. */
  public byte @Nullable [] get(String key) {
    return get(utf8(key));
  }

  /** The value of a key, or null. */
  public byte @Nullable [] get(byte[] key) {
    try {
      return db.get(key);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Walks over all entries and takes each key and value; gives how many bytes that were. */
  public long scan() {
    long bytes = 0;
    try (RocksIterator iterator = db.newIterator()) {
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        bytes += iterator.key().length + iterator.value().length;
      }
    }
    return bytes;
  }

  private static byte[] utf8(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    stopForcing();
    db.close();
    write.close();
    writeWithoutLog.close();
    writeSynced.close();
    options.close();
    filter.close();
    cache.close();
  }
}
