package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.fault.CrashPoint;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/** One opening of the database; handles of an earlier one find its guard closed. */
record Incarnation(
    Guard guard, Database db, Ledger ledger, KeyCache<StoredHead> heads, KeyCache<SmallKey> small) {
  /** With keys and objects at most 16 MiB. */
  private static final int MOST_HEADS = 1 << 15;

  private static final int MAX_HEAD_BYTES = 256;

  /** The same, at most 18 MiB. */
  private static final int MOST_SMALL = 1 << 13;

  static Incarnation of(Database db) {
    Suspicion suspicion = db.isReadOnly() ? Suspicion.NONE : Suspicion.of(db.directory());
    Guard guard = new Guard("state store", db.directory(), suspicion);
    Ledger ledger = Ledger.read(new Reader(guard, db, db.meta(), null));
    return new Incarnation(
        guard,
        db,
        ledger,
        new KeyCache<>(MOST_HEADS, ledger::version, head -> head.head().length <= MAX_HEAD_BYTES),
        new KeyCache<>(MOST_SMALL, ledger::version, SmallKey::isStored));
  }

  /** The stored head of a key as it is now, from memory if it is there. */
  @Nullable StoredHead head(Namespace namespace, Bytes key, Supplier<@Nullable StoredHead> read) {
    // Nothing comes from memory once it is closed.
    return guard.isClosed() ? read.get() : heads.get(namespace, key, read);
  }

  /** All of a key as it is now, from memory if it is there; null if it has more than a little. */
  @Nullable SmallKey small(Namespace namespace, Bytes key) {
    guard.requireOpen();
    return small.get(namespace, key, () -> readSmall(namespace, key));
  }

  private @Nullable SmallKey readSmall(Namespace namespace, Bytes key) {
    Reader reader = new Reader(guard, db, db.family(namespace), null);
    byte[] stem = CellKey.stem(key);
    while (true) {
      Floor floor = ledger.floor();
      Optional<SmallKey> found =
          guard.call(
              () ->
                  Optional.ofNullable(
                      SmallKey.read(reader, stem, namespace.strategy().lattice(), floor)));
      // The floor that it is lowered to at most, and no higher one than what is held is of.
      if (ledger.floor() == floor) {
        return found.orElse(null);
      }
    }
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

  /** Whether it has grown beyond what it was opened for, and another would find room to open. */
  boolean isOutgrown() {
    return !guard.isClosed() && guard.call(() -> db.isOutgrown() && !db.isDiskFull());
  }

  /** Flushes what is not flushed. */
  void settle() {
    if (!ledger.isFlushed()) {
      guard.run(this::flush);
    }
  }

  /** Frees it without a flush; who comes later is told why. */
  void abandon(Guard.Refusal refusal) {
    guard.close(db::close, refusal);
  }

  /** Reads the meta rows. */
  Reader meta() {
    return new Reader(guard, db, db.meta(), null);
  }

  /** Holds this moment still; call it inside a guarded call. */
  Pin pin() {
    while (true) {
      Floor floor = ledger.floor();
      Snapshot snapshot = db.snapshot();
      // What is lowered to a floor is written after that floor is told: as long as it is not,
      // nothing in the snapshot is.
      if (ledger.floor() == floor) {
        return new Pin(guard, db, snapshot, floor);
      }
      db.release(snapshot);
      snapshot.close();
    }
  }

  /** Whose it is, or null if nobody has claimed it. */
  @Nullable Owner owner() {
    return Ledger.owner(meta());
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
