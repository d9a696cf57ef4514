package dev.tidemark.storage.state;

import dev.tidemark.engine.stability.Floor;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/** Reads one column family, now or at a pin. */
final class Reader {
  private final Guard guard;
  private final Database db;
  private final ColumnFamilyHandle family;
  private final @Nullable Pin pin;

  Reader(Guard guard, Database db, ColumnFamilyHandle family, @Nullable Pin pin) {
    this.guard = guard;
    this.db = db;
    this.family = family;
    this.pin = pin;
  }

  Path directory() {
    return db.directory();
  }

  /** Runs a call while what it reads from cannot be freed. */
  <T> T call(Guard.NativeCall<T> call) {
    return pin == null ? guard.call(call) : pin.call(call);
  }

  /** The value of a record, or null if there is none. */
  byte @Nullable [] get(byte[] storageKey) {
    return call(() -> Optional.ofNullable(read(storageKey))).orElse(null);
  }

  private byte @Nullable [] read(byte[] storageKey) throws RocksDBException {
    return pin == null ? db.get(family, storageKey) : db.get(family, pin.options(), storageKey);
  }

  /** The decoded head record of a key, or null if the key has none. */
  @Nullable StoredHead head(byte[] stem) {
    byte[] bytes = get(CellKey.head(stem));
    return bytes == null ? null : StateFailure.decode(db.directory(), bytes, StoredHead::decode);
  }

  /** Below what the moment that it reads had forgotten; of now nothing is known. */
  Floor floor() {
    return pin == null ? Floor.NONE : pin.floor();
  }

  /** Visits records from one storage key up to another, until the visitor has enough. */
  void visit(byte[] from, byte[] to, RecordVisitor visitor) {
    call(
        () -> {
          try (CellIterator iterator = iterate(to, true)) {
            boolean more = iterator.seek(from);
            while (more && visitor.visit(iterator.key(), iterator.value())) {
              more = iterator.next();
            }
          }
          return Boolean.TRUE;
        });
  }

  /** An iterator; call it inside {@link #call}, and close it or register it there. */
  CellIterator iterate(byte @Nullable [] to, boolean keepInCache) throws RocksDBException {
    Snapshot at = pin == null ? null : pin.snapshot();
    return db.iterate(family, at, to, keepInCache);
  }

  /** A cursor over keys, whose blocks push nothing out; call it inside {@link #call}. */
  KeyCursor cursor(byte @Nullable [] to, KeyRange range) throws RocksDBException {
    return new KeyCursor(guard, db, this, iterate(to, false), range);
  }

  /** A walk over keys and their cells; call it inside {@link #call}. */
  KeyPieces pieces(int pieceBytes) throws RocksDBException {
    return new KeyPieces(guard, db, iterate(null, false), pieceBytes);
  }

  /** Sees one record after the other. */
  @FunctionalInterface
  interface RecordVisitor {
    /** Sees a record; false ends the visit. */
    boolean visit(byte[] storageKey, byte[] value);
  }
}
