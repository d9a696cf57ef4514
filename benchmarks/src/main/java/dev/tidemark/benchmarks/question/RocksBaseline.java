package dev.tidemark.benchmarks.question;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB as somebody would use it who needs no merging: its write-ahead log on, and the cache,
 * write buffer, filter and compression that a store gives it.
 */
final class RocksBaseline implements AutoCloseable {
  private static final long CACHE_BYTES = 64L << 20;
  private static final long WRITE_BUFFER_BYTES = 32L << 20;
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
  private final RocksDB db;

  RocksBaseline(Path directory) throws Exception {
    Files.createDirectories(directory);
    cache = new LRUCache(CACHE_BYTES);
    options
        .setCreateIfMissing(true)
        .setWriteBufferSize(WRITE_BUFFER_BYTES)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setTableFormatConfig(
            new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(filter));
    db = RocksDB.open(options, directory.toString());
  }

  void put(String key, byte[] value) {
    try {
      db.put(write, key.getBytes(StandardCharsets.UTF_8), value);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Puts one value under several keys, in one batch and without the write-ahead log. */
  void putWithoutLog(String[] keys, byte[] value) {
    try (WriteBatch batch = new WriteBatch()) {
      for (String key : keys) {
        batch.put(key.getBytes(StandardCharsets.UTF_8), value);
      }
      db.write(writeWithoutLog, batch);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  void putSynced(String key, byte[] value) {
    try {
      db.put(writeSynced, key.getBytes(StandardCharsets.UTF_8), value);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  void flush() {
    try (FlushOptions wait = new FlushOptions()) {
      db.flush(wait);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  byte @Nullable [] get(String key) {
    try {
      return db.get(key.getBytes(StandardCharsets.UTF_8));
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    db.close();
    write.close();
    writeWithoutLog.close();
    writeSynced.close();
    options.close();
    filter.close();
    cache.close();
  }
}
