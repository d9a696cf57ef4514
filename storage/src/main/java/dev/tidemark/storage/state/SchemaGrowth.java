package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.Problem;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.error.StoreUnusableException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/**
 * Decides what becomes of a stored schema when another one is asked for: it may grow. A prefix
 * keeps its strategy for ever, and a new prefix may not take keys away from the namespace that
 * holds them.
 */
final class SchemaGrowth {
  private SchemaGrowth() {}

  /** The schema of a state that exists. */
  static Schema stored(Database db, Ledger ledger) throws RocksDBException {
    Schema stored = ledger.schema();
    if (stored == null) {
      throw new StoreUnusableException(
          Problem.of("directory holds no state")
              .with("directory", db.directory())
              .advise("check the path, or open it for writing once"));
    }
    return union(db, stored, stored);
  }

  /** Makes what is stored and what is requested the schema of a state. */
  static Schema grow(Database db, Ledger ledger, StateStore.SchemaRequest request)
      throws RocksDBException {
    Schema stored = ledger.schema();
    Schema requested = request.of(stored, ledger.progress());
    Schema union = union(db, stored, requested);
    if (stored == null || !stored.equals(union)) {
      // Families first: one that no schema names yet is empty, a schema without a family is damage.
      db.create(union.namespaces().stream().map(Namespace::prefix).toList());
      Ledger.write(db, union);
    }
    return union;
  }

  /** What is stored and what is requested, together; changes nothing. */
  private static Schema union(Database db, @Nullable Schema stored, Schema requested)
      throws RocksDBException {
    if (stored == null) {
      requireNothingStored(db);
      return requested;
    }
    requireFamilies(db, stored);
    Schema union = stored;
    for (Namespace namespace : requested.namespaces()) {
      Namespace known = stored.withPrefix(namespace.prefix());
      if (known == null) {
        requireNoKeys(db, stored, namespace);
        union = union.and(namespace.prefix().toUtf8(), namespace.strategy());
      } else if (known.strategy() != namespace.strategy()) {
        throw new SchemaMismatchException(
            Problem.of("prefix is stored under another strategy")
                .with("prefix", namespace.prefix())
                .with("stored", known.strategy())
                .with("requested", namespace.strategy())
                .advise("open the store with the stored strategy, or use another prefix"));
      }
    }
    return union;
  }

  private static void requireNoKeys(Database db, Schema stored, Namespace added)
      throws RocksDBException {
    Namespace owner = stored.of(added.prefix());
    ColumnFamilyHandle family = db.family(owner.prefix());
    byte[] first = first(db, family, KeyRange.prefix(added.prefix()));
    if (first != null) {
      CellKey shadowed = StateFailure.decode(db.directory(), first, CellKey::decode);
      throw new SchemaMismatchException(
          Problem.of("new prefix would shadow stored keys")
              .with("prefix", added.prefix())
              .with("requested", added.strategy())
              .with("owner", owner)
              .with("firstKey", shadowed.key())
              .advise("use a prefix that no stored key begins with"));
    }
  }

  private static void requireNothingStored(Database db) throws RocksDBException {
    for (Bytes prefix : db.prefixes()) {
      if (first(db, db.family(prefix), KeyRange.ALL) != null) {
        throw StateFailure.damaged(
            "state has cells but no schema", db.directory(), "prefix " + prefix);
      }
    }
  }

  private static void requireFamilies(Database db, Schema stored) {
    for (Namespace namespace : stored.namespaces()) {
      if (db.family(namespace.prefix()) == null) {
        throw StateFailure.damaged(
            "state lacks a column family of its schema", db.directory(), namespace.toString());
      }
    }
  }

  private static byte @Nullable [] first(
      Database db, @Nullable ColumnFamilyHandle family, KeyRange range) throws RocksDBException {
    if (family == null) {
      return null;
    }
    Bytes end = range.to();
    byte[] to = end == null ? null : CellKey.escape(end);
    try (CellIterator iterator = db.iterate(family, null, to, true)) {
      return iterator.seek(CellKey.escape(range.from())) ? iterator.key() : null;
    }
  }
}
