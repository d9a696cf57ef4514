package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * A state that is opened aside and damaged behind its store's back: every checksum of its files
 * holds afterwards.
 */
public final class DamagedState implements AutoCloseable {
  private final Database db;

  /** The state of a store that is not open. */
  public DamagedState(Path state) {
    this.db = Database.open(state, States.SMALL);
  }

  /** What is done to a key; false if the key has nothing of the kind. */
  public enum Kind {
    /** Its first cell is gone. */
    LOSE_CELL,
    /** A byte of its first cell is another. */
    ALTER_CELL,
    /** A byte of its head is another. */
    ALTER_HEAD,
    /** Its head is gone, and its cells are there. */
    LOSE_HEAD,
    /** What its head says of the cells is another. */
    ALTER_DIGEST,
    /** All of it is gone: no digest tells. */
    LOSE_KEY
  }

  /** Damages a key; false if it has nothing that could be damaged so. */
  public boolean damage(Bytes prefix, Bytes key, Kind kind) throws RocksDBException {
    ColumnFamilyHandle family = db.family(prefix);
    List<byte[]> names = new ArrayList<>();
    List<byte[]> values = new ArrayList<>();
    byte[] stem = CellKey.stem(key);
    try (CellIterator records = db.iterate(family, null, CellKey.pastCells(stem), false)) {
      for (boolean more = records.seek(stem); more; more = records.next()) {
        names.add(records.key());
        values.add(records.value());
      }
    }
    boolean needsCell = kind == Kind.LOSE_CELL || kind == Kind.ALTER_CELL || kind == Kind.LOSE_HEAD;
    if (names.isEmpty() || (needsCell && names.size() < 2)) {
      return false;
    }
    try (WriteBatch batch = new WriteBatch()) {
      switch (kind) {
        case LOSE_CELL -> batch.delete(family, names.get(1));
        case ALTER_CELL -> batch.put(family, names.get(1), flipped(values.get(1), 0));
        case ALTER_HEAD ->
            batch.put(family, names.get(0), flipped(values.get(0), values.get(0).length - 1));
        case LOSE_HEAD -> batch.delete(family, names.get(0));
        case ALTER_DIGEST -> batch.put(family, names.get(0), flipped(values.get(0), 3));
        case LOSE_KEY -> {
          for (byte[] name : names) {
            batch.delete(family, name);
          }
        }
      }
      db.write(batch);
      db.flush();
    }
    return true;
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] other = bytes.clone();
    if (other.length > 0) {
      other[at] ^= 1;
      return other;
    }
    return new byte[] {1};
  }

  @Override
  public void close() {
    db.close();
  }
}
