package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
  private final Schema schema;
  private final AtomicReference<@Nullable FoldBatch> openBatch = new AtomicReference<>();

  private final Incarnations incarnations;

  StateStore(Incarnation first, Schema schema) {
    this.incarnations = new Incarnations(first);
    this.schema = schema;
  }

  private Incarnation now() {
    return incarnations.now();
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

  /**
   * Whether there is a state, which may be damaged.
   *
   * @throws dev.tidemark.error.DamagedException if there are tables and nothing that names them
   */
  public static boolean isThere(Path directory) {
    return !Database.isAbsent(directory);
  }

  private static StateStore open(Database db, @Nullable SchemaRequest request) {
    boolean opened = false;
    try {
      Incarnation first = Incarnation.of(db);
      Schema schema =
          request == null
              ? SchemaGrowth.stored(db, first.ledger())
              : SchemaGrowth.grow(db, first.ledger(), request);
      StateStore store = new StateStore(first, schema);
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

  /** Says whose state this is; refuses the state of another store. */
  public void claim(Owner claimant) {
    run(
        now -> {
          Owner owner = now.owner();
          if (owner != null) {
            owner.requireStore(now.db().directory(), claimant.storeId());
          }
          if (owner == null || owner.replicaId() != claimant.replicaId()) {
            Ledger.claim(now.db(), claimant);
          }
        });
  }

  /** Says which keys are held, before anything is folded that is of no others. */
  public void hold(Interest interest) {
    run(now -> Ledger.hold(now.db(), now.meta(), interest));
  }

  /**
   * Says outside of which keys nothing is left; before the first are removed, that it is outside of
   * all.
   */
  public void freed(Interest outside) {
    run(now -> Ledger.freed(now.db(), outside));
  }

  /** Outside of which keys nothing is left of any; null if nothing of keys was ever removed. */
  public @Nullable Interest freed() {
    return incarnations.call(now -> Optional.ofNullable(Ledger.freed(now.meta()))).orElse(null);
  }

  /** Which keys are held: of others there may be something, and not all. */
  public Interest interest() {
    return incarnations.call(now -> Ledger.interest(now.meta()));
  }

  /** Whose state it is; empty if nobody has claimed it. */
  public Optional<Owner> owner() {
    return incarnations.call(now -> Optional.ofNullable(now.owner()));
  }

  /**
   * Copies every record into a new directory, for another store. It is of one moment only if nobody
   * folds meanwhile.
   */
  public void copyTo(Path target, Owner newOwner) {
    run(now -> StateCopy.make(now.db(), schema, target, newOwner));
  }

  /** Every prefix that was ever asked for. */
  public Schema schema() {
    return schema;
  }

  /** How far the state is folded now. */
  public Progress progress() {
    return now().ledger().progress();
  }

  /**
   * Of a state that a crash left in the middle of a run: the run's last position, else 0. What it
   * holds is then of no one position, until the run is folded again.
   */
  public long midway() {
    return incarnations.call(now -> Ledger.midway(now.meta()));
  }

  /** Below what the state has forgotten. */
  public Floor floor() {
    return now().ledger().floor();
  }

  /** Below what all is forgotten that can be: at most the floor. */
  public Floor swept() {
    return incarnations.call(now -> Ledger.swept(now.meta()));
  }

  /** A log position up to which what is folded survives a crash; the log may be cut there. */
  public long flushedPosition() {
    return now().ledger().flushed();
  }

  /** Pins, cursors and batches that are open now: each holds native memory until it is closed. */
  public int openHandles() {
    return now().guard().handles();
  }

  /** A key as it is now. */
  public StoredKey view(Namespace namespace, Bytes key) {
    Incarnation now = now();
    return new StoredKey(now, reader(now, namespace, null), namespace, key);
  }

  /** All of a key as it is now, if it has little; else null. */
  public @Nullable KeyView small(Namespace namespace, Bytes key) {
    return now().small(namespace, key);
  }

  /** A key as it was at the pin. */
  public StoredKey view(Pin pin, Namespace namespace, Bytes key) {
    return new StoredKey(reader(namespace, pin), namespace, key, pin::floor);
  }

  /** Holds this moment still; close it soon. */
  public Pin pin() {
    return incarnations.call(Incarnation::pin);
  }

  /** The keys of a namespace at the pin, in order. The pin may be closed before the cursor is. */
  public KeyCursor keys(Pin pin, Namespace namespace, KeyRange range) {
    Reader reader = reader(namespace, pin);
    Bytes end = range.to();
    byte[] to = end == null ? null : CellKey.escape(end);
    return reader.call(() -> reader.cursor(to, range));
  }

  /**
   * All that a namespace holds at the pin. The pin may be closed before the walk is.
   *
   * @param pieceBytes about how large a piece may be
   */
  public KeyPieces pieces(Pin pin, Namespace namespace, int pieceBytes) {
    Reader reader = reader(namespace, pin);
    return reader.call(() -> reader.pieces(pieceBytes));
  }

  /** Begins a batch; there is one at a time. */
  public FoldBatch fold() {
    return incarnations.call(
        now -> {
          now.db().requireWritable();
          synchronized (openBatch) {
            if (openBatch.get() != null) {
              throw Problem.of("a fold batch is open already")
                  .advise("commit or close it first")
                  .illegalState();
            }
            FoldBatch batch =
                new FoldBatch(
                    now.guard(),
                    now.db(),
                    now.ledger(),
                    done -> openBatch.compareAndSet(done, null));
            openBatch.set(batch);
            return batch;
          }
        });
  }

  /** Makes everything that is committed durable; other threads go on reading and folding. */
  public void flush() {
    run(Incarnation::flush);
  }

  /**
   * Flushes, then copies the state into a directory that is not there yet. Tables are hard links to
   * those of the state where the file system has them, so the copy takes little time and room, and
   * shares their fate on a bad medium.
   */
  public void checkpoint(Path target) {
    run(
        now -> {
          now.flush();
          now.db().checkpoint(target);
        });
  }

  /**
   * Compares everything with what it says it is, and RocksDB's checksums too. Takes as long as
   * reading the whole state; what is committed meanwhile is not looked at.
   *
   * @param visitor sees each mismatch as it is found
   */
  public StateAudit audit(Consumer<StateMismatch> visitor) {
    try (Pin pin = pin()) {
      return audit(pin, visitor, namespace -> null);
    }
  }

  /** The same at a pin; who sees the leaves of a namespace does so until something is wrong. */
  StateAudit audit(
      Pin pin, Consumer<StateMismatch> visitor, Function<Namespace, @Nullable LeafWalk> leaves) {
    Incarnation now = now();
    Auditor auditor = new Auditor(now.guard(), visitor);
    auditor.checksums(now.db());
    for (Namespace namespace : schema.namespaces()) {
      auditor.namespace(reader(namespace, pin), namespace, leaves.apply(namespace));
    }
    return auditor.result();
  }

  /**
   * The keys of a range of a namespace at a pin, in order, each as a leaf under a floor. Goes over
   * damage that has a checksum, which is what it is for; of a block that cannot be read it tells.
   *
   * @param floor at least that of the pin
   * @param visitor sees each key; false ends the walk
   * @throws dev.tidemark.error.DamagedException at a block that cannot be read
   */
  public void leaves(
      Pin pin, Namespace namespace, KeyRange range, Floor floor, Predicate<KeyLeaf> visitor) {
    LeafWalk walk = new LeafWalk(namespace.strategy().lattice(), floor, visitor);
    boolean[] more = {true};
    RecordWalk.over(
        now().guard(),
        reader(namespace, pin),
        range,
        (storageKey, value) -> more[0] = walk.visit(storageKey, value));
    if (more[0]) {
      walk.end();
    }
  }

  /**
   * All that is stored of a key at a pin, whether it is sound or not; null for nothing.
   *
   * @param mostBytes what it may have
   */
  public @Nullable KeyRecords records(Pin pin, Namespace namespace, Bytes key, long mostBytes) {
    KeyRecords.Reading reading = new KeyRecords.Reading(key, mostBytes);
    KeyRange only = new KeyRange(key, KeyRange.ALL.after(key).from());
    RecordWalk.over(now().guard(), reader(namespace, pin), only, reading);
    return reading.result();
  }

  /** What the state takes up. */
  public StateStats stats() {
    return incarnations.call(
        now -> {
          Map<Namespace, Long> bytes = new LinkedHashMap<>();
          for (Namespace namespace : schema.namespaces()) {
            bytes.put(namespace, StateStats.namespaceBytes(now.db(), now.db().family(namespace)));
          }
          return StateStats.of(now.db(), bytes);
        });
  }

  /**
   * Flushes, then frees everything; waits for calls that are running. If the flush fails the state
   * is closed all the same, and what it lacks will be folded again from the log.
   */
  @Override
  public void close() {
    now().close();
  }

  /**
   * Runs reads that belong together, none of which finds the state opened anew since the one
   * before.
   */
  public <T> T undisturbed(Supplier<T> reads) {
    return incarnations.undisturbed(reads);
  }

  /**
   * Whether RocksDB has met an error since it was opened and could, for all that the disk tells, do
   * without it now.
   */
  public boolean isMendable() {
    return now().isMendable();
  }

  /**
   * Opens the database anew, without a flush: what is folded and not flushed is lost from it. Who
   * wants to read meanwhile waits, who reads is waited for, and pins, cursors and views obtained
   * before are closed. If it fails, every call is refused until it is done again and succeeds.
   *
   * @param refold folds what was lost again
   */
  public void reopen(Runnable refold) {
    incarnations.replace(refold);
  }

  /**
   * Goes over to settings for a large state, once it is one: opens the database anew, after a
   * flush, in a moment in which nothing of it is lent out; readers wait for that. For who folds,
   * when nothing is half folded. If it fails, it is as after {@link #reopen}.
   */
  public void fitToSize() {
    incarnations.fitToSize();
  }

  /** Refuses to close from inside a visit; whoever closes more than the state asks first. */
  public void requireClosable() {
    incarnations.requireClosable();
  }

  private void run(Action action) {
    incarnations.call(
        now -> {
          action.on(now);
          return Boolean.TRUE;
        });
  }

  /** A native call without a result. */
  @FunctionalInterface
  private interface Action {
    void on(Incarnation now) throws RocksDBException;
  }

  private Reader reader(Namespace namespace, @Nullable Pin pin) {
    return reader(now(), namespace, pin);
  }

  private static Reader reader(Incarnation now, Namespace namespace, @Nullable Pin pin) {
    now.guard().requireOpen();
    return new Reader(now.guard(), now.db(), now.db().family(namespace), pin);
  }
}
