package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Cells;
import dev.tidemark.engine.lattice.FlooredCells;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyPart;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.DiskFull;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Deltas on their way into the state, and how far the log is folded with them: all of it becomes
 * visible at once, or nothing does. A store has one open batch at a time, since a batch reads what
 * is stored and not what another one is about to store.
 *
 * <p>Keys come in ascending order within their namespace, each once: sorted batches go into RocksDB
 * several times faster, and a key joined twice would be joined into a state that lacks the first
 * join.
 *
 * <p>Memory: every record written is held once in native memory until the commit, about 30 bytes
 * more than its key and value. A delta that sweeps a key (the delete of a map) holds the ids of the
 * cells it changes on the heap as well, some 100 bytes each, while that one key is joined.
 */
public final class FoldBatch implements AutoCloseable {
  private static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int MOST_STALLS = 1_000;

  // Not a method of this class: whoever holds it must not free it without the guard.
  private final Guard.Handle handle = this::free;

  private final Guard guard;
  private final Database db;
  private final Ledger ledger;
  private final Consumer<FoldBatch> onClose;
  private final WriteBatch batch = new WriteBatch();
  private final Map<Namespace, Bytes> lastKeys = new HashMap<>();
  private final BitSet changed = new BitSet(KeyVersions.PLACES);
  private @Nullable Progress progress;
  private @Nullable Floor floor;
  // False while a key is being joined, and for good if that fails: half a key must not be
  // committed.
  private boolean intact = true;
  private boolean closed;

  /** Call it inside a guarded call. */
  FoldBatch(Guard guard, Database db, Ledger ledger, Consumer<FoldBatch> onClose) {
    this.guard = guard;
    this.db = db;
    this.ledger = ledger;
    this.onClose = onClose;
    guard.register(handle);
  }

  /** Joins a delta into what is stored of a key. */
  public void join(Namespace namespace, Bytes key, KeyDelta delta) {
    run(() -> joinNow(namespace, key, delta, KeyPart.WHOLE));
  }

  /**
   * Joins what a run says of a key, or of a part of it; the next part of the key goes into another
   * batch. What of it is below the floor was joined before, if only to lose: it brings nothing.
   */
  public void joinRun(Namespace namespace, Bytes key, KeyDelta delta, KeyPart part) {
    Floor known = ledger.floor();
    Lattice lattice = namespace.strategy().lattice();
    run(() -> joinNow(namespace, key, known.isNone() ? delta : lattice.admit(delta, known), part));
  }

  /**
   * Puts what a run says of a key, or of a part of it, in the place of what is stored; the next
   * part of the key goes into another batch. Nothing is left of a key of which nothing was said.
   */
  public void replaceByRun(Namespace namespace, Bytes key, KeyDelta whole, KeyPart part) {
    run(() -> replaceNow(namespace, key, whole, part));
  }

  private void replaceNow(Namespace namespace, Bytes key, KeyDelta whole, KeyPart part)
      throws RocksDBException {
    ColumnFamilyHandle family = db.family(namespace);
    begin(namespace, key);
    Lattice lattice = namespace.strategy().lattice();
    intact = false;
    FoldCells cells = cells(namespace, key, family);
    try {
      Join.instead(floored(cells, lattice), lattice, whole, part);
    } catch (FoldCells.BatchRefused e) {
      throw e.reason();
    }
    finish(cells, lattice);
    intact = true;
  }

  /** Writes the head, or removes a key that is bottom; whether it did. */
  private boolean finish(FoldCells cells, Lattice lattice) throws RocksDBException {
    boolean isEmpty = Arrays.equals(cells.head(), lattice.bottom()) && cells.hasNoCells();
    if (isEmpty) {
      cells.remove();
    } else {
      cells.finish();
    }
    return isEmpty;
  }

  private void joinNow(Namespace namespace, Bytes key, KeyDelta delta, KeyPart part)
      throws RocksDBException {
    ColumnFamilyHandle family = db.family(namespace);
    begin(namespace, key);
    Lattice lattice = namespace.strategy().lattice();
    if (part.last()
        && delta.cells().isEmpty()
        && lattice.rank(delta.head()) > ledger.progress().clock()) {
      // Newer than all that is folded, as local writes are: most of a fold was reading heads to
      // find that out.
      StoredHead alone = new StoredHead(CellDigest.ofHead(delta.head()), 0, delta.head());
      batch.put(family, CellKey.head(CellKey.stem(key)), alone.encode());
      return;
    }
    intact = false;
    FoldCells cells = cells(namespace, key, family);
    try {
      Join.into(floored(cells, lattice), lattice, delta, part);
    } catch (FoldCells.BatchRefused e) {
      throw e.reason();
    }
    cells.finish();
    intact = true;
  }

  /** A key as it is stored, to be written to. */
  private FoldCells cells(Namespace namespace, Bytes key, ColumnFamilyHandle family) {
    Reader reader = new Reader(guard, db, family, null);
    StoredKey base = new StoredKey(reader, namespace, key, () -> Floor.NONE);
    Lattice lattice = namespace.strategy().lattice();
    return new FoldCells(base, lattice, family, CellKey.stem(key), batch);
  }

  /** The same as it counts. */
  private Cells floored(FoldCells cells, Lattice lattice) {
    Floor under = ledger.floor();
    return under.isNone() ? cells : new FlooredCells(cells, lattice, under);
  }

  /**
   * Forgets what of a key the floor says already; nothing is left of a key that is bottom then.
   *
   * @param from where to go on in its cells
   * @param most how many cells may be dropped
   */
  public Forgotten forget(Namespace namespace, Bytes key, Bytes from, int most) {
    Forgotten[] result = new Forgotten[1];
    run(() -> result[0] = forgetNow(namespace, key, from, most));
    return result[0];
  }

  /**
   * What was forgotten of a key.
   *
   * @param cells how many cells
   * @param key whether nothing is left
   * @param next where the next batch has to go on, or null if the key is done
   */
  public record Forgotten(int cells, boolean key, @Nullable Bytes next) {}

  private Forgotten forgetNow(Namespace namespace, Bytes key, Bytes from, int most)
      throws RocksDBException {
    ColumnFamilyHandle family = db.family(namespace);
    begin(namespace, key);
    Lattice lattice = namespace.strategy().lattice();
    intact = false;
    FoldCells cells = cells(namespace, key, family);
    FlooredCells.Dropped dropped;
    try {
      dropped = new FlooredCells(cells, lattice, ledger.floor()).forget(from, most);
    } catch (FoldCells.BatchRefused e) {
      throw e.reason();
    }
    boolean isEmpty = false;
    if (dropped.next() == null) {
      isEmpty = finish(cells, lattice);
    } else {
      cells.finish();
    }
    intact = true;
    return new Forgotten(dropped.cells(), isEmpty, dropped.next());
  }

  /**
   * Drops all that is stored of a key, whether it makes sense or not, and stores another state of
   * it instead: what it has lost is not taken for removed, as it would be if the other were joined.
   *
   * @param whole the state as it counts, with what is below its floor in its head; one that nothing
   *     was joined into leaves no key
   */
  public void replace(Namespace namespace, Bytes key, KeyDelta whole) {
    run(
        () -> {
          intact = false;
          begin(namespace, key);
          ColumnFamilyHandle family = db.family(namespace);
          byte[] stem = CellKey.stem(key);
          Reader reader = new Reader(guard, db, family, null);
          try (CellIterator stored = reader.iterate(CellKey.pastCells(stem), false)) {
            for (boolean more = stored.seek(stem); more; more = stored.next()) {
              batch.delete(family, stored.key());
            }
          }
          put(namespace.strategy().lattice(), family, stem, whole);
          intact = true;
        });
  }

  private void put(Lattice lattice, ColumnFamilyHandle family, byte[] stem, KeyDelta whole)
      throws RocksDBException {
    Floor under = floor == null ? ledger.floor() : floor;
    byte[] head = lattice.lower(whole.head(), under);
    long digest = CellDigest.ofHead(head);
    long liveCells = 0;
    boolean isEmpty = Arrays.equals(head, lattice.bottom());
    for (var entry : whole.cells().entrySet()) {
      Bytes id = entry.getKey();
      byte[] cell = entry.getValue();
      if (!lattice.forgets(id, cell, under)) {
        digest += CellDigest.ofCell(id, cell);
        liveCells += lattice.live(id, cell) ? 1 : 0;
        isEmpty = false;
        batch.put(family, CellKey.cell(stem, id), cell);
      }
    }
    if (!isEmpty) {
      byte[] record = new StoredHead(digest, liveCells, head).encode();
      batch.put(family, CellKey.head(stem), record);
    }
  }

  /** Whatever is done to a key begins here. */
  private void begin(Namespace namespace, Bytes key) {
    Bytes last = lastKeys.put(namespace, key);
    if (last != null && last.compareTo(key) >= 0) {
      throw Problem.of("keys of a fold batch are not ascending")
          .with("namespace", namespace)
          .with("last", last)
          .with("key", key)
          .advise("join the deltas of a key first, and sort the keys")
          .illegalArgument();
    }
    changed.set(KeyVersions.place(key));
  }

  /**
   * Says how far the state is folded once this batch is committed.
   *
   * @param applied the log position; never below the one before
   * @param clock at least the greatest stamp of all that is folded; never below the one before
   * @param rows the replicas of which something is folded, with their rows as they are afterwards
   */
  public void progress(long applied, long clock, SortedMap<Long, OriginRow> rows) {
    run(
        () -> {
          Progress before = ledger.progress();
          if (applied < before.applied() || clock < before.clock()) {
            throw Problem.of("state would be folded backwards")
                .with("applied", before.applied())
                .with("newApplied", applied)
                .with("clock", before.clock())
                .with("newClock", clock)
                .broken();
          }
          setProgress(applied, clock, rows);
        });
  }

  /**
   * Says that the state is folded no further than before once this batch is committed: what is in
   * it is a part of what a later position holds, and is joined again if that one is not reached.
   */
  public void noProgress() {
    run(() -> progress = ledger.progress());
  }

  /**
   * Says that once this batch is committed the state is in the middle of what ends with a position,
   * or 0 that it is not any more.
   */
  public void midway(long position) {
    run(
        () -> {
          if (position == 0) {
            batch.delete(db.meta(), MetaLayout.MIDWAY);
          } else {
            batch.put(db.meta(), MetaLayout.MIDWAY, MetaLayout.number(position));
          }
        });
  }

  /** Says below what the state may forget once this batch is committed: it only rises. */
  public void floor(Floor newFloor) {
    run(
        () -> {
          Floor before = ledger.floor();
          Floor higher = before.join(newFloor);
          if (!higher.equals(before)) {
            batch.put(db.meta(), MetaLayout.FLOOR, higher.encode());
            floor = higher;
          }
        });
  }

  /** Says that once this batch is committed all below a floor is forgotten. */
  public void swept(Floor below) {
    run(() -> batch.put(db.meta(), MetaLayout.SWEPT, below.encode()));
  }

  private void setProgress(long applied, long clock, SortedMap<Long, OriginRow> rows)
      throws RocksDBException {
    batch.put(db.meta(), MetaLayout.APPLIED, MetaLayout.number(applied));
    batch.put(db.meta(), MetaLayout.CLOCK, MetaLayout.number(clock));
    for (var row : rows.entrySet()) {
      batch.put(db.meta(), MetaLayout.origin(row.getKey()), row.getValue().encode());
    }
    progress = ledger.progress().with(applied, clock, rows);
  }

  /** How much native memory the batch takes, in bytes. */
  public long bytes() {
    long[] bytes = new long[1];
    run(() -> bytes[0] = batch.getDataSize());
    return bytes[0];
  }

  /**
   * Makes all of it visible at once, and closes the batch. Waits while RocksDB cannot take it, but
   * not for a full disk.
   */
  public void commit() {
    for (int stalls = 1; !tryCommit(); stalls++) {
      if (stalls >= MOST_STALLS) {
        requireHealthy();
      }
      // Outside the guard: whoever closes the store meanwhile does not wait for this.
      LockSupport.parkNanos(STALL_NANOS);
    }
    close();
  }

  /** Behind a failed flush or compaction a stall may never end. */
  private void requireHealthy() {
    run(
        () -> {
          if (db.hasFailed()) {
            throw DiskFull.exception(db.directory(), "RocksDB has not recovered from an error");
          }
        });
  }

  private boolean tryCommit() {
    boolean[] written = new boolean[1];
    run(
        () -> {
          Progress newProgress = progress;
          if (newProgress == null) {
            throw Problem.of("fold batch does not say how far it goes")
                .advise("call progress() or noProgress() before commit()")
                .illegalState();
          }
          CrashPoint.FOLD_BATCH.before();
          written[0] = db.tryWrite(batch);
          if (written[0]) {
            CrashPoint.FOLD_BATCH.after();
            Floor newFloor = floor;
            if (newFloor != null) {
              // Every head counts as raised to it.
              changed.set(0, KeyVersions.PLACES);
            }
            ledger.committed(newProgress, newFloor == null ? ledger.floor() : newFloor, changed);
          }
        });
    return written[0];
  }

  private void run(Guard.NativeAction action) {
    guard.run(
        () -> {
          synchronized (this) {
            if (closed) {
              throw Problem.of("fold batch is closed").advise("begin a new one").illegalState();
            }
            if (!intact) {
              throw Problem.of("fold batch has failed").advise("begin a new one").illegalState();
            }
            action.run();
          }
        });
  }

  private synchronized void free() {
    if (!closed) {
      closed = true;
      batch.close();
      onClose.accept(this);
    }
  }

  /** Drops what is not committed. */
  @Override
  public void close() {
    guard.release(handle);
  }
}
