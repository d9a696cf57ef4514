package dev.tidemark.storage.state;

import org.rocksdb.RocksDBException;

/**
 * Visits every record of a namespace in order, in portions: who wants to close the store waits for
 * one of them and not for the whole walk.
 */
final class RecordWalk {
  private static final int RECORDS_PER_CALL = 1024;

  private final Visitor visitor;
  private boolean begun;

  private RecordWalk(Visitor visitor) {
    this.visitor = visitor;
  }

  /**
   * Visits all of them.
   *
   * @throws dev.tidemark.error.DamagedException at a block that cannot be read
   */
  static void over(Guard guard, Reader reader, Visitor visitor) {
    RecordWalk walk = new RecordWalk(visitor);
    CellIterator iterator =
        reader.call(
            () -> {
              CellIterator opened = reader.iterate(null, false);
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
    void visit(byte[] storageKey, byte[] value);
  }

  /** Looks at some records; false at the end. */
  private boolean portion(CellIterator iterator) throws RocksDBException {
    boolean more = begun ? iterator.next() : iterator.seek(new byte[0]);
    begun = true;
    for (int i = 1; more; i++) {
      visitor.visit(iterator.key(), iterator.value());
      if (i == RECORDS_PER_CALL) {
        return true;
      }
      more = iterator.next();
    }
    return false;
  }
}
