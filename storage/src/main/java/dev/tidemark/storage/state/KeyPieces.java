package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyPart;
import dev.tidemark.error.Problem;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Walks over all that a namespace holds at one moment, key by key with all their cells: a small key
 * is one piece, a large one several that are cut by cells. What it reads does not push anything out
 * of the cache. Closing the store closes it.
 *
 * <p>Memory: one piece, which is the head and cells of about a given size, or one cell if that is
 * larger.
 */
public final class KeyPieces implements AutoCloseable {
  // Not a method of this class: whoever holds it must not free it without the guard.
  private final Guard.Handle handle = this::free;

  private final Guard guard;
  private final Database db;
  private final CellIterator iterator;
  private final int pieceBytes;
  private @Nullable Inside inside;
  private boolean begun;
  private boolean valid;
  private boolean closed;

  /** Call it inside a guarded call; the iterator is closed with this. */
  KeyPieces(Guard guard, Database db, CellIterator iterator, int pieceBytes) {
    this.guard = guard;
    this.db = db;
    this.iterator = iterator;
    this.pieceBytes = pieceBytes;
    guard.register(handle);
  }

  /** A key's head with some or all of its cells, as they are stored. */
  public record Piece(Bytes key, KeyPart part, KeyDelta state) {}

  /** The next piece, or null behind the last one. */
  public @Nullable Piece next() {
    // The store's lock first, then this one: closing takes them in the same order.
    return guard
        .call(
            () -> {
              synchronized (this) {
                return Optional.ofNullable(advance());
              }
            })
        .orElse(null);
  }

  private @Nullable Piece advance() throws RocksDBException {
    if (closed) {
      throw Problem.of("walk over a state is closed").advise("begin another").illegalState();
    }
    if (!begun) {
      valid = iterator.seek(new byte[0]);
      begun = true;
    }
    Inside key = inside == null ? enter() : inside;
    return key == null ? null : piece(key);
  }

  /** The key whose head the iterator stands on. */
  private @Nullable Inside enter() throws RocksDBException {
    if (!valid) {
      return null;
    }
    CellKey at = StateFailure.decode(db.directory(), iterator.key(), CellKey::decode);
    if (at.kind() != CellKey.HEAD) {
      throw StateFailure.damaged(
          "state has cells without a head", db.directory(), "key " + at.key());
    }
    StoredHead stored = StateFailure.decode(db.directory(), iterator.value(), StoredHead::decode);
    valid = iterator.next();
    return new Inside(at.key(), CellKey.stem(at.key()), stored.head(), Bytes.EMPTY);
  }

  private Piece piece(Inside key) throws RocksDBException {
    TreeMap<Bytes, byte[]> cells = new TreeMap<>();
    long bytes = key.head.length;
    while (valid && CellKey.hasStem(iterator.key(), key.stem)) {
      Bytes id = CellKey.idOf(key.stem, iterator.key());
      byte[] cell = iterator.value();
      bytes += id.length() + cell.length;
      if (bytes > pieceBytes && !cells.isEmpty()) {
        inside = new Inside(key.key, key.stem, key.head, id);
        return key.piece(new KeyPart(new CellRange(key.from, id), false), cells);
      }
      cells.put(id, cell);
      valid = iterator.next();
    }
    inside = null;
    return key.piece(new KeyPart(new CellRange(key.from, null), true), cells);
  }

  private synchronized void free() {
    closed = true;
    iterator.close();
  }

  @Override
  public void close() {
    guard.release(handle);
  }

  /** A key of which some cells are left, the first of them being from. */
  private record Inside(Bytes key, byte[] stem, byte[] head, Bytes from) {
    Piece piece(KeyPart part, TreeMap<Bytes, byte[]> cells) {
      return new Piece(key, part, new KeyDelta(head, cells));
    }
  }
}
