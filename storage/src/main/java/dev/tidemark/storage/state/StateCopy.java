package dev.tidemark.storage.state;

import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import java.nio.file.Path;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Copies a state record by record, and not file by file: what RocksDB keeps besides the records
 * need not be sound, and each block is compared with its checksum on the way.
 */
final class StateCopy {
  private static final long BATCH_BYTES = 1 << 20;

  private final Database from;
  private final Database to;
  private final Owner owner;

  private StateCopy(Database from, Database to, Owner owner) {
    this.from = from;
    this.to = to;
    this.owner = owner;
  }

  static void make(Database from, Schema schema, Path target, Owner owner) throws RocksDBException {
    Database to = Database.open(target, StateOptions.DEFAULT);
    try {
      to.create(schema.namespaces().stream().map(Namespace::prefix).toList());
      StateCopy copy = new StateCopy(from, to, owner);
      for (Namespace namespace : schema.namespaces()) {
        copy.family(from.family(namespace), to.family(namespace));
      }
      // Last, so that a position is never there without its cells.
      copy.family(from.meta(), to.meta());
      to.flush();
    } finally {
      to.close();
    }
  }

  private void family(ColumnFamilyHandle source, ColumnFamilyHandle target)
      throws RocksDBException {
    try (CellIterator records = from.iterate(source, null, null, false);
        WriteBatch batch = new WriteBatch()) {
      boolean more = records.seek(new byte[0]);
      while (more) {
        batch.put(target, records.key(), records.value());
        if (batch.getDataSize() >= BATCH_BYTES) {
          to.write(batch);
          batch.clear();
        }
        more = records.next();
      }
      if (target == to.meta()) {
        batch.put(target, MetaLayout.STORE, owner.storeId());
        batch.put(target, MetaLayout.REPLICA, MetaLayout.number(owner.replicaId()));
      }
      to.write(batch);
    }
  }
}
