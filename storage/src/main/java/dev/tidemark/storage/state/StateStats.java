package dev.tidemark.storage.state;

import dev.tidemark.engine.schema.Namespace;
import java.util.Map;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/**
 * What the state takes up, as RocksDB estimates it; all in bytes.
 *
 * @param namespaceBytes what each namespace has in files and write buffers
 * @param tableBytes table files on disk, those included that only a pin or an iterator still needs
 * @param writeBufferBytes write buffers, flushed ones included that an iterator still needs
 * @param cacheBytes block cache in use, write buffers that are charged to it included
 * @param pinnedCacheBytes what of the block cache cannot be evicted now
 * @param tableReaderBytes open table files, outside the cache
 */
public record StateStats(
    Map<Namespace, Long> namespaceBytes,
    long tableBytes,
    long writeBufferBytes,
    long cacheBytes,
    long pinnedCacheBytes,
    long tableReaderBytes) {
  private static final String LIVE_TABLES = "rocksdb.live-sst-files-size";
  private static final String ALL_TABLES = "rocksdb.total-sst-files-size";
  private static final String ACTIVE_BUFFERS = "rocksdb.cur-size-all-mem-tables";
  private static final String ALL_BUFFERS = "rocksdb.size-all-mem-tables";
  private static final String TABLE_READERS = "rocksdb.estimate-table-readers-mem";

  /** Native memory: the cache, with what is charged to it, and the open files. */
  public long nativeBytes() {
    // Charges come in steps: buffers may be a little above what the cache has been told.
    return Math.max(cacheBytes, writeBufferBytes) + tableReaderBytes;
  }

  static StateStats of(Database db, Map<Namespace, Long> namespaceBytes) throws RocksDBException {
    return new StateStats(
        namespaceBytes,
        db.property(ALL_TABLES),
        db.property(ALL_BUFFERS),
        db.tuning().cacheBytes(),
        db.tuning().pinnedCacheBytes(),
        db.property(TABLE_READERS));
  }

  static long namespaceBytes(Database db, ColumnFamilyHandle family) throws RocksDBException {
    return db.property(family, LIVE_TABLES) + db.property(family, ACTIVE_BUFFERS);
  }
}
