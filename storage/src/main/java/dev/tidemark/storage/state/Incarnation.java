package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.fault.CrashPoint;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** One opening of the database; handles of an earlier one find its guard closed. */
record Incarnation(Guard guard, Database db, Ledger ledger, HeadCache heads) {
  static Incarnation of(Database db) {
    Suspicion suspicion = db.isReadOnly() ? Suspicion.NONE : Suspicion.of(db.directory());
    Guard guard = new Guard("state store", db.directory(), suspicion);
    Ledger ledger = Ledger.read(new Reader(guard, db, db.meta(), null));
    return new Incarnation(guard, db, ledger, new HeadCache());
  }

  /** The stored head of a key as it is now, from memory if it is there. */
  @Nullable StoredHead head(Namespace namespace, Bytes key, Supplier<@Nullable StoredHead> read) {
    // Nothing comes from memory once it is closed.
    return guard.isClosed() ? read.get() : heads.head(namespace, key, ledger.commits(), read);
  }

  /** Another opening of the same directory, after this one is closed. */
  Incarnation again() {
    Database opened = Database.open(db.directory(), db.options());
    Incarnation next = null;
    try {
      next = of(opened);
      return next;
    } finally {
      if (next == null) {
        opened.close();
      }
    }
  }

  /** Makes everything that is committed durable; call it inside a guarded call. */
  void flush() throws RocksDBException {
    db.requireWritable();
    Ledger.Mark mark = ledger.mark();
    CrashPoint.STATE_FLUSH.before();
    db.flush();
    CrashPoint.STATE_FLUSH.after();
    ledger.flushed(mark);
  }

  /** Flushes, then frees everything. If the flush fails it is freed all the same. */
  void close() {
    RuntimeException[] failure = new RuntimeException[1];
    guard.close(
        () -> {
          try {
            // A damaged state refuses every flush: one that was only looked at still closes in
            // peace.
            if (!ledger.isFlushed()) {
              flush();
            }
          } catch (RocksDBException e) {
            failure[0] = StateFailure.of(e, db.directory());
          } finally {
            db.close();
          }
        });
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  /** Frees it without a flush; who comes later is told why. */
  void abandon(Guard.Refusal refusal) {
    guard.close(db::close, refusal);
  }

  /** Whose it is, or null if nobody has claimed it. */
  @Nullable Owner owner() {
    return Ledger.owner(new Reader(guard, db, db.meta(), null));
  }

  /** Whether RocksDB has met an error and could, for all that the disk tells, do without it now. */
  boolean isMendable() {
    if (guard.isClosed()) {
      // The last attempt to replace it has failed.
      return !db.isDiskFull();
    }
    return guard.call(() -> db.hasFailed() && !db.isDiskFull());
  }
}
