package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import org.rocksdb.RocksDBException;

/**
 * Visits the records of keys of a namespace in order, in portions: who wants to close the store
 * waits for one of them and not for the whole walk.
 */
final class RecordWalk {
  private static final int RECORDS_PER_CALL = 1024;

  private final byte[] from;
  private final Visitor visitor;
  private boolean begun;

  private RecordWalk(byte[] from, Visitor visitor) {
    this.from = from;
    this.visitor = visitor;
  }

  /**
   * Visits all of a range, until the visitor has enough.
   *
   * @throws dev.tidemark.error.DamagedException at a block that cannot be read
   */
  static void over(Guard guard, Reader reader, KeyRange range, Visitor visitor) {
    RecordWalk walk = new RecordWalk(CellKey.escape(range.from()), visitor);
    Bytes end = range.to();
    byte[] to = end == null ? null : CellKey.escape(end);
    CellIterator iterator =
        reader.call(
            () -> {
              CellIterator opened = reader.iterate(to, false);
              guard.register(opened);
              return opened;
            });
    try {
      while (reader.call(() -> walk.portion(iterator))) {}
    } finally {
      guard.release(iterator);
    }
  }

  /** Sees each record. */
  @FunctionalInterface
  interface Visitor {
    /** Sees a record; false ends the walk. */
    boolean visit(byte[] storageKey, byte[] value);
  }

  /** Looks at some records; false if there are no more to look at. */
  private boolean portion(CellIterator iterator) throws RocksDBException {
    boolean more = begun ? iterator.next() : iterator.seek(from);
    begun = true;
    for (int i = 1; more; i++) {
      if (!visitor.visit(iterator.key(), iterator.value())) {
        return false;
      }
      if (i == RECORDS_PER_CALL) {
        return true;
      }
      more = iterator.next();
    }
    return false;
  }
}
