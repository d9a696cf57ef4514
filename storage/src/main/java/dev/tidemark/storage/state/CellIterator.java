package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import java.util.Arrays;
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
  private static final int NOT_READ = -1;
  private static final int FIRST_KEY_BYTES = 256;
  private static final int USUAL_VALUE_BYTES = 1024;

  // Options and bound are read by the iterator for as long as it lives: they are freed after it.
  private final ReadOptions options = new ReadOptions();
  private final @Nullable Slice bound;
  private final RocksIterator iterator;
  private long steps;
  private byte[] key = new byte[FIRST_KEY_BYTES];
  private byte[] value = new byte[USUAL_VALUE_BYTES];
  private int keyLength = NOT_READ;
  private int valueLength = NOT_READ;

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
    iterator.seek(storageKey);
    return moved();
  }

  /** Moves to the next record; false if there is none. */
  boolean next() throws RocksDBException {
    iterator.next();
    return moved();
  }

  private boolean moved() throws RocksDBException {
    steps++;
    keyLength = NOT_READ;
    valueLength = NOT_READ;
    if (iterator.isValid()) {
      return true;
    }
    iterator.status();
    return false;
  }

  /** The storage key of the record. */
  byte[] key() {
    return Arrays.copyOf(keyArray(), keyLength());
  }

  /** The id of the cell that it stands on, given the stem that its storage key is known to have. */
  Bytes cellId(byte[] stem) {
    return Bytes.wrap(Arrays.copyOfRange(keyArray(), stem.length + 1, keyLength()));
  }

  /** The value of the record. */
  byte[] value() {
    return Arrays.copyOf(valueArray(), valueLength());
  }

  /**
   * An array that begins with the storage key, until the iterator moves. An array that is filled
   * again takes two thirds of the time of one that the library makes.
   */
  byte[] keyArray() {
    if (keyLength == NOT_READ) {
      keyLength = iterator.key(key);
      if (keyLength > key.length) {
        key = iterator.key();
      }
    }
    return key;
  }

  /** How long the storage key is. */
  int keyLength() {
    keyArray();
    return keyLength;
  }

  /** An array that begins with the value, until the iterator moves. */
  byte[] valueArray() {
    if (valueLength == NOT_READ) {
      if (value.length > USUAL_VALUE_BYTES) {
        value = new byte[USUAL_VALUE_BYTES];
      }
      valueLength = iterator.value(value);
      if (valueLength > value.length) {
        value = iterator.value();
      }
    }
    return value;
  }

  /** How long the value is. */
  int valueLength() {
    valueArray();
    return valueLength;
  }

  /** How often it has moved: what an iteration costs, whatever the clock says. */
  long steps() {
    return steps;
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
