package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/**
 * The folded state of every key, in RocksDB with its own log off: our log is the write-ahead log,
 * and what a crash takes from the state is folded again from {@link Progress#applied()}.
 *
 * <p>Safe for many threads. After {@link #close()}, this and whatever was obtained from it throw
 * {@link IllegalStateException}. A visitor must not wait for another thread that uses the same
 * store.
 */
public final class StateStore implements AutoCloseable {
  private final Guard guard;
  private final Database db;
  private final Schema schema;
  private final Ledger ledger;
  private final AtomicReference<@Nullable FoldBatch> openBatch = new AtomicReference<>();

  private StateStore(Guard guard, Database db, Schema schema, Ledger ledger) {
    this.guard = guard;
    this.db = db;
    this.schema = schema;
    this.ledger = ledger;
  }

  /**
   * Opens a state, or makes one. The schema may have more prefixes than the stored one, and fewer;
   * if it is refused, schema, column families and cells stay as they were.
   *
   * @throws dev.tidemark.error.SchemaMismatchException if a prefix is stored under another
   *     strategy, or a new one would shadow keys that another namespace holds
   * @throws dev.tidemark.error.StoreLockedException if it is open in this or another process
   * @throws dev.tidemark.error.DamagedException if its files are damaged
   * @throws StoreUnusableException if the directory cannot be used, or has another format
   */
  public static StateStore open(Path directory, Schema requested, StateOptions options) {
    return open(directory, (stored, progress) -> requested, options);
  }

  /** The same, with a schema that is asked for once it is known what is stored. */
  public static StateStore open(Path directory, SchemaRequest request, StateOptions options) {
    return open(Database.open(directory, options), request);
  }

  /** Says which prefixes are wanted; may refuse, and then nothing is changed. */
  @FunctionalInterface
  public interface SchemaRequest {
    /**
     * The wanted schema, given the stored one, which is null if there is none, and how far it is.
     */
    Schema of(@Nullable Schema stored, Progress progress);
  }

  /**
   * Opens a state that exists, as it was last flushed, and changes no byte of its directory. May be
   * done while another process has it open; reads fail if that one then removes a file they need.
   */
  public static StateStore openReadOnly(Path directory) {
    return open(Database.openReadOnly(directory), null);
  }

  private static StateStore open(Database db, @Nullable SchemaRequest request) {
    boolean opened = false;
    try {
      Guard guard = new Guard("state store", db.directory());
      Ledger ledger = Ledger.read(new Reader(guard, db, db.meta(), null));
      Schema schema = request == null ? stored(db, ledger) : grow(db, ledger, request);
      StateStore store = new StateStore(guard, db, schema, ledger);
      opened = true;
      return store;
    } catch (RocksDBException e) {
      throw StateFailure.of(e, db.directory());
    } finally {
      if (!opened) {
        db.close();
      }
    }
  }

  private static Schema stored(Database db, Ledger ledger) throws RocksDBException {
    Schema stored = ledger.schema();
    if (stored == null) {
      throw new StoreUnusableException(
          Problem.of("directory holds no state")
              .with("directory", db.directory())
              .advise("check the path, or open it for writing once"));
    }
    return SchemaGrowth.union(db, stored, stored);
  }

  private static Schema grow(Database db, Ledger ledger, SchemaRequest request)
      throws RocksDBException {
    Schema stored = ledger.schema();
    Schema requested = request.of(stored, ledger.progress());
    Schema union = SchemaGrowth.union(db, stored, requested);
    if (stored == null || !stored.equals(union)) {
      // Families first: one that no schema names yet is empty, a schema without a family is damage.
      db.create(union.namespaces().stream().map(Namespace::prefix).toList());
      Ledger.write(db, union);
    }
    return union;
  }

  /**
   * Says which store this is the state of, the first time; refuses the state of another afterwards:
   * its positions are those of another log.
   */
  public void claim(byte[] storeId) {
    guard.run(
        () -> {
          byte[] owner = new Reader(guard, db, db.meta(), null).get(MetaLayout.STORE);
          if (owner == null) {
            Ledger.claim(db, storeId);
          } else if (!Arrays.equals(owner, storeId)) {
            throw new StoreUnusableException(
                Problem.of("state belongs to another store")
                    .with("directory", db.directory())
                    .with("store", HexFormat.of().formatHex(storeId))
                    .with("owner", HexFormat.of().formatHex(owner))
                    .advise("move it away: it is then built anew from the log"));
          }
        });
  }

  /** Every prefix that was ever asked for. */
  public Schema schema() {
    return schema;
  }

  /** How far the state is folded now. */
  public Progress progress() {
    return ledger.progress();
  }

  /** Below what the state has forgotten. */
  public Floor floor() {
    return ledger.floor();
  }

  /** A log position up to which what is folded survives a crash; the log may be cut there. */
  public long flushedPosition() {
    return ledger.flushed();
  }

  /** Pins, cursors and batches that are open now: each holds native memory until it is closed. */
  public int openHandles() {
    return guard.handles();
  }

  /** A key as it is now. */
  public StoredKey view(Namespace namespace, Bytes key) {
    return new StoredKey(reader(namespace, null), namespace, key);
  }

  /** A key as it was at the pin. */
  public StoredKey view(Pin pin, Namespace namespace, Bytes key) {
    return new StoredKey(reader(namespace, pin), namespace, key);
  }

  /** Holds this moment still; close it soon. */
  public Pin pin() {
    return guard.call(() -> new Pin(guard, db, db.snapshot()));
  }

  /** The keys of a namespace at the pin, in order. The pin may be closed before the cursor is. */
  public KeyCursor keys(Pin pin, Namespace namespace, KeyRange range) {
    Reader reader = reader(namespace, pin);
    Bytes end = range.to();
    byte[] to = end == null ? null : CellKey.escape(end);
    return reader.call(() -> new KeyCursor(guard, db, reader.iterate(to, true), range));
  }

  /** Begins a batch; there is one at a time. */
  public FoldBatch fold() {
    return guard.call(
        () -> {
          requireWritable();
          synchronized (openBatch) {
            if (openBatch.get() != null) {
              throw Problem.of("a fold batch is open already")
                  .advise("commit or close it first")
                  .illegalState();
            }
            FoldBatch batch =
                new FoldBatch(guard, db, ledger, done -> openBatch.compareAndSet(done, null));
            openBatch.set(batch);
            return batch;
          }
        });
  }

  /** Makes everything that is committed durable; other threads go on reading and folding. */
  public void flush() {
    guard.run(this::flushNow);
  }

  private void flushNow() throws RocksDBException {
    requireWritable();
    Ledger.Mark mark = ledger.mark();
    db.flush();
    ledger.flushed(mark);
  }

  /**
   * Compares everything with what it says it is, and RocksDB's checksums too. Takes as long as
   * reading the whole state; what is committed meanwhile is not looked at.
   *
   * @param visitor sees each mismatch as it is found
   */
  public StateAudit audit(Consumer<StateMismatch> visitor) {
    Auditor auditor = new Auditor(guard, visitor);
    auditor.checksums(db);
    try (Pin pin = pin()) {
      for (Namespace namespace : schema.namespaces()) {
        auditor.namespace(reader(namespace, pin), namespace);
      }
    }
    return auditor.result();
  }

  /** What the state takes up. */
  public StateStats stats() {
    return guard.call(
        () -> {
          Map<Namespace, Long> bytes = new LinkedHashMap<>();
          for (Namespace namespace : schema.namespaces()) {
            bytes.put(namespace, StateStats.namespaceBytes(db, family(db, namespace)));
          }
          return StateStats.of(db, bytes);
        });
  }

  /**
   * Flushes, then frees everything; waits for calls that are running. If the flush fails the state
   * is closed all the same, and what it lacks will be folded again from the log.
   */
  @Override
  public void close() {
    RuntimeException[] failure = new RuntimeException[1];
    guard.close(
        () -> {
          try {
            // A damaged state refuses every flush: one that was only looked at still closes in
            // peace.
            if (!ledger.isFlushed()) {
              flushNow();
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

  /** Refuses to close from inside a visit; whoever closes more than the state asks first. */
  public void requireClosable() {
    guard.requireClosable();
  }

  private Reader reader(Namespace namespace, @Nullable Pin pin) {
    return guard.call(() -> new Reader(guard, db, family(db, namespace), pin));
  }

  private void requireWritable() {
    if (db.isReadOnly()) {
      throw Problem.of("state is open for reading only")
          .with("directory", db.directory())
          .advise("open it for writing")
          .illegalState();
    }
  }

  /** The column family of a namespace of this store. */
  static ColumnFamilyHandle family(Database db, Namespace namespace) {
    ColumnFamilyHandle family = db.family(namespace.prefix());
    if (family == null) {
      throw Problem.of("namespace is not of this store")
          .with("namespace", namespace)
          .with("directory", db.directory())
          .advise("take it from schema()")
          .illegalArgument();
    }
    return family;
  }
}
