package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.error.Problem;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Walks over the keys of a namespace in order, at one moment. A key costs a few steps however many
 * cells it has. Begins before the first key. Closing the store closes it; what it stands on stays
 * readable.
 */
public final class KeyCursor implements AutoCloseable {
  // Not a method of this class: whoever holds it must not free it without the guard.
  private final Guard.Handle handle = this::free;

  /** How many cells are stepped over before a seek is cheaper. */
  private static final int NEAR_CELLS = 8;

  private final Guard guard;
  private final Database db;
  private final Reader reader;
  private final CellIterator iterator;
  private final byte[] first;
  private @Nullable Position position;
  private boolean ended;
  private boolean closed;

  /** Call it inside a guarded call; the iterator is closed with this. */
  KeyCursor(Guard guard, Database db, Reader reader, CellIterator iterator, KeyRange range) {
    this.guard = guard;
    this.db = db;
    this.reader = reader;
    this.iterator = iterator;
    this.first = CellKey.escape(range.from());
    guard.register(handle);
  }

  /** Moves to the next key; false if there is none. */
  public boolean next() {
    // The store's lock first, then this one: closing takes them in the same order.
    return guard.call(
        () -> {
          synchronized (this) {
            return advance();
          }
        });
  }

  /** The key it stands on. */
  public synchronized Bytes key() {
    return here().key();
  }

  /** That key as it is stored: of its head nothing is read again, its cells are, at the pin. */
  public synchronized StoredKey view(Namespace namespace) {
    return new StoredKey(reader, namespace, here().key(), here().stored());
  }

  /** The head of that key. */
  public synchronized byte[] head() {
    return here().stored().head();
  }

  /** How many of its cells a reader would see. */
  public synchronized long liveCells() {
    return here().stored().liveCells();
  }

  /** What its head and cells add up to: see {@link CellDigest}. */
  public synchronized long digest() {
    return here().stored().digest();
  }

  /** How often the iterator below has moved. */
  synchronized long steps() {
    return iterator.steps();
  }

  private boolean advance() throws RocksDBException {
    if (closed) {
      throw Problem.of("key cursor is closed").advise("ask for a new one").illegalState();
    }
    Position last = position;
    boolean found = !ended && (last == null ? iterator.seek(first) : skipCells(last));
    ended = !found;
    position = found ? read() : null;
    return found;
  }

  private boolean skipCells(Position last) throws RocksDBException {
    byte[] stem = last.stem();
    if (last.stored().liveCells() <= NEAR_CELLS) {
      for (int i = 0; i <= NEAR_CELLS; i++) {
        if (!iterator.next()) {
          return false;
        }
        if (!CellKey.hasStem(iterator.key(), stem)) {
          return true;
        }
      }
    }
    return iterator.seek(CellKey.pastCells(stem));
  }

  private Position read() {
    CellKey at = StateFailure.decode(db.directory(), iterator.key(), CellKey::decode);
    if (at.kind() != CellKey.HEAD) {
      throw StateFailure.damaged(
          "state has cells without a head", db.directory(), "key " + at.key());
    }
    StoredHead head = StateFailure.decode(db.directory(), iterator.value(), StoredHead::decode);
    return new Position(at.key(), CellKey.stem(at.key()), head);
  }

  private Position here() {
    Position here = position;
    if (here == null) {
      throw Problem.of("key cursor stands on no key")
          .advise("call next() first, and stop when it says false")
          .illegalState();
    }
    return here;
  }

  private synchronized void free() {
    closed = true;
    iterator.close();
  }

  @Override
  public void close() {
    guard.release(handle);
  }

  private record Position(Bytes key, byte[] stem, StoredHead stored) {}
}
