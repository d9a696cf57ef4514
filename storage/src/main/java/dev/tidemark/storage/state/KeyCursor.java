package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Walks over the keys of a namespace in order, at one moment. A key costs a few steps however many
 * cells it has. Begins before the first key. For one thread at a time; closing the store closes it,
 * and what it stands on stays readable.
 *
 * <p>Heads are read ahead, ever more of them at a time: what guards the native iterator took as
 * long as the iterator. Memory: {@value #MOST_AHEAD} heads, or {@value #MOST_BYTES_AHEAD} bytes of
 * them and one more.
 */
public final class KeyCursor implements AutoCloseable {
  // Not a method of this class: whoever holds it must not free it without the guard.
  private final Guard.Handle handle = this::free;

  /** How many cells are stepped over before a seek is cheaper. */
  private static final int NEAR_CELLS = 8;

  private static final int MOST_AHEAD = 64;
  private static final int MOST_BYTES_AHEAD = 64 << 10;

  private final Guard guard;
  private final Database db;
  private final Reader reader;
  private final CellIterator iterator;
  private final byte[] first;
  private final List<Position> ahead = new ArrayList<>();
  private int taken;
  private int portion = 1;
  private @Nullable Position position;

  /** What all records of the key begin with that was read last. */
  private byte[] stem = new byte[0];

  private int stemLength;
  private long cellsOfLast;
  private boolean begun;
  private boolean ended;
  private @Nullable Exception failure;
  private volatile boolean closed;

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
    position = null;
    if (taken == ahead.size() || closed || guard.isClosed()) {
      // The store's lock first, then this one: closing takes them in the same order.
      guard.run(
          () -> {
            synchronized (this) {
              readAhead();
            }
          });
    }
    if (taken == ahead.size()) {
      return false;
    }
    position = ahead.get(taken);
    taken++;
    return true;
  }

  /** The key it stands on. */
  public Bytes key() {
    return here().key();
  }

  /** That key as it is stored: of its head nothing is read again, its cells are, at the pin. */
  public StoredKey view(Namespace namespace) {
    return new StoredKey(reader, namespace, here().key(), here().stored());
  }

  /** The head of that key. */
  public byte[] head() {
    return here().stored().head();
  }

  /** How many of its cells a reader would see. */
  public long liveCells() {
    return here().stored().liveCells();
  }

  /** What its head and cells add up to: see {@link CellDigest}. */
  public long digest() {
    return here().stored().digest();
  }

  /** How often the iterator below has moved. */
  synchronized long steps() {
    return iterator.steps();
  }

  private void readAhead() throws RocksDBException {
    if (closed) {
      throw Problem.of("key cursor is closed").advise("ask for a new one").illegalState();
    }
    ahead.clear();
    taken = 0;
    throwFailure();
    try {
      for (long bytes = 0; ahead.size() < portion && bytes < MOST_BYTES_AHEAD && advance(); ) {
        Position read = read();
        ahead.add(read);
        bytes += read.key().length() + read.stored().head().length;
      }
    } catch (RocksDBException | DamagedException e) {
      // What comes before the damage is shown first; a failed iterator is not moved any more.
      failure = e;
      if (ahead.isEmpty()) {
        throw e;
      }
    }
    portion = Math.min(2 * portion, MOST_AHEAD);
  }

  private void throwFailure() throws RocksDBException {
    if (failure instanceof RocksDBException e) {
      throw e;
    }
    if (failure instanceof DamagedException e) {
      throw e;
    }
  }

  private boolean advance() throws RocksDBException {
    boolean found = !ended && (begun ? skipCells() : iterator.seek(first));
    begun = true;
    ended = !found;
    return found;
  }

  private boolean skipCells() throws RocksDBException {
    if (cellsOfLast <= NEAR_CELLS) {
      for (int i = 0; i <= NEAR_CELLS; i++) {
        if (!iterator.next()) {
          return false;
        }
        if (!CellKey.hasStem(iterator.keyArray(), iterator.keyLength(), stem, stemLength)) {
          return true;
        }
      }
    }
    return iterator.seek(CellKey.pastCells(Arrays.copyOf(stem, stemLength)));
  }

  private Position read() {
    CellKey at =
        StateFailure.decode(
            db.directory(),
            iterator.keyArray(),
            array -> CellKey.decode(array, iterator.keyLength()));
    if (at.kind() != CellKey.HEAD) {
      throw StateFailure.damaged(
          "state has cells without a head", db.directory(), "key " + at.key());
    }
    StoredHead head =
        StateFailure.decode(
            db.directory(),
            iterator.valueArray(),
            array -> StoredHead.decode(array, iterator.valueLength()));
    rememberStem();
    cellsOfLast = head.liveCells();
    return new Position(at.key(), head);
  }

  /** The storage key of a head is the stem and the kind. */
  private void rememberStem() {
    stemLength = iterator.keyLength() - 1;
    if (stem.length < stemLength) {
      stem = new byte[2 * stemLength];
    }
    System.arraycopy(iterator.keyArray(), 0, stem, 0, stemLength);
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

  private record Position(Bytes key, StoredHead stored) {}
}
