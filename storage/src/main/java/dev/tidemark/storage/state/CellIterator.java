package dev.tidemark.storage.state;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/**
 * The only iterator over RocksDB. Wherever an iteration ends it asks for the status: an iterator
 * stops at a damaged block as if there were nothing more. Not thread-safe; used under a {@link
 * Guard}.
 */
final class CellIterator implements AutoCloseable, Guard.Handle {
  // Options and bound are read by the iterator for as long as it lives: they are freed after it.
  private final ReadOptions options = new ReadOptions();
  private final @Nullable Slice bound;
  private final RocksIterator iterator;
  private long steps;
  private byte @Nullable [] key;

  /**
   * Iterates over one column family.
   *
   * @param snapshot the moment it reads, or null for now
   * @param to where it stops, exclusive, or null for the end; with many deleted cells behind the
   *     last one wanted, only a bound keeps it from walking over all of them
   * @param keepInCache whether blocks it reads are worth keeping
   */
  CellIterator(
      RocksDB db,
      ColumnFamilyHandle family,
      @Nullable Snapshot snapshot,
      byte @Nullable [] to,
      boolean keepInCache) {
    options.setFillCache(keepInCache);
    if (snapshot != null) {
      options.setSnapshot(snapshot);
    }
    bound = to == null ? null : new Slice(to);
    if (bound != null) {
      options.setIterateUpperBound(bound);
    }
    iterator = db.newIterator(family, options);
  }

  /** Moves to the first record at or above the storage key; false if there is none. */
  boolean seek(byte[] storageKey) throws RocksDBException {
    steps++;
    key = null;
    iterator.seek(storageKey);
    return isValid();
  }

  /** Moves to the next record; false if there is none. */
  boolean next() throws RocksDBException {
    steps++;
    key = null;
    iterator.next();
    return isValid();
  }

  /** The storage key of the record. */
  byte[] key() {
    byte[] known = key;
    if (known == null) {
      known = iterator.key();
      key = known;
    }
    return known;
  }

  /** The value of the record. */
  byte[] value() {
    return iterator.value();
  }

  /** How often it has moved: what an iteration costs, whatever the clock says. */
  long steps() {
    return steps;
  }

  private boolean isValid() throws RocksDBException {
    if (iterator.isValid()) {
      return true;
    }
    iterator.status();
    return false;
  }

  @Override
  public void free() {
    close();
  }

  @Override
  public void close() {
    iterator.close();
    options.close();
    if (bound != null) {
      bound.close();
    }
  }
}
