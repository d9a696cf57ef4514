package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.DiskFull;
import dev.tidemark.storage.file.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * An open RocksDB: its column families by prefix, and its few calls. Nothing here is guarded; that
 * is the part of {@link Guard}.
 */
final class Database {
  // A name of its own for each prefix, and none that is RocksDB's "default", which holds the meta
  // rows.
  private static final byte[] NAME_PREFIX = {'k', '/'};
  private static final long MAX_TABLES_HELD = 400;

  private static final String BACKGROUND_ERRORS = "rocksdb.background-errors";
  private static final String LIVE_TABLES = "rocksdb.live-sst-files-size";

  private final Path directory;
  private final boolean readOnly;
  private final boolean held;
  private final Tuning tuning;
  private final LongSupplier usableBytes;
  private final RocksDB db;
  private final List<ColumnFamilyHandle> families;
  private final Map<Bytes, ColumnFamilyHandle> byPrefix = new HashMap<>();
  private final ReadOptions readLatest = new ReadOptions();
  private final WriteOptions writeUnlogged =
      // A write that RocksDB makes wait does so in native code, on a full disk for as long as that
      // is full, and nothing can be closed meanwhile: so it is told, and waited for here.
      new WriteOptions().setDisableWAL(true).setNoSlowdown(true);
  private final FlushOptions flushAndWait = new FlushOptions().setWaitForFlush(true);

  private Database(
      Path directory,
      boolean readOnly,
      boolean held,
      Tuning tuning,
      RocksDB db,
      List<byte[]> names,
      List<ColumnFamilyHandle> families) {
    this.directory = directory;
    this.readOnly = readOnly;
    this.held = held;
    this.tuning = tuning;
    this.usableBytes = DurableFiles.standard().usableBytes(directory);
    this.db = db;
    this.families = families;
    for (int i = 1; i < names.size(); i++) {
      byPrefix.put(prefix(names.get(i)), families.get(i));
    }
  }

  /** Opens a database with all the column families it has, or makes one. */
  static Database open(Path directory, StateOptions options) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("state directory cannot be made")
              .with("directory", directory)
              .with("cause", e)
              .advise("check the path and its permissions"),
          DiskFull.unless(e, directory));
    }
    long diskBytes = DurableFiles.standard().totalBytes(directory);
    return open(directory, options.forDisk(diskBytes), false);
  }

  /** Opens a database that exists, and writes nothing, not even a log line. */
  static Database openReadOnly(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new StoreUnusableException(
          Problem.of("state directory does not exist")
              .with("directory", directory)
              .advise("check the path"));
    }
    return open(directory, StateOptions.DEFAULT, true);
  }

  private static StoreUnusableException unreadable(Path directory, IOException e) {
    return new StoreUnusableException(
        Problem.of("state directory cannot be read")
            .with("directory", directory)
            .with("cause", e)
            .advise("check its permissions"),
        e);
  }

  private static Tables.Found tables(Path directory) {
    try {
      return Tables.in(directory);
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
  }

  private static Database open(Path directory, StateOptions options, boolean readOnly) {
    NativeLibrary.load();
    Tables.Found tables = tables(directory);
    Tuning tuning = new Tuning(options, tables, readOnly);
    List<ColumnFamilyHandle> families = new ArrayList<>();
    Database opened = null;
    try {
      List<byte[]> names = names(directory, tuning, readOnly);
      List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
      for (byte[] name : names) {
        descriptors.add(new ColumnFamilyDescriptor(name, tuning.columns()));
      }
      String path = directory.toString();
      boolean held = readOnly && tables.count() <= MAX_TABLES_HELD;
      if (held) {
        tuning.holdAllTables();
      }
      RocksDB db =
          readOnly
              ? RocksDB.openReadOnly(tuning.database(), path, descriptors, families)
              : RocksDB.open(
                  tuning.database().setCreateIfMissing(true), path, descriptors, families);
      opened = new Database(directory, readOnly, held, tuning, db, names, families);
      if (readOnly && !held) {
        // Not when it writes: it may merge tables away from the first moment on.
        Tables.requireAll(db::getLiveFilesMetaData, directory);
      }
      return opened;
    } catch (RocksDBException e) {
      tuning.close();
      throw StateFailure.of(e, directory);
    } catch (RuntimeException e) {
      if (opened == null) {
        tuning.close();
      } else {
        opened.close();
      }
      throw e;
    }
  }

  /**
   * Whether there is no database, nor a trace of one that held something: an interrupted creation
   * leaves files, but neither the one that names the tables nor a table.
   */
  static boolean isAbsent(Path directory) {
    if (!Files.isDirectory(directory)) {
      return true;
    }
    if (Files.exists(directory.resolve("CURRENT"))) {
      return false;
    }
    requireNoTables(directory);
    return true;
  }

  /** The column families on disk, the default one first. */
  private static List<byte[]> names(Path directory, Tuning tuning, boolean readOnly)
      throws RocksDBException {
    List<byte[]> names = new ArrayList<>();
    names.add(RocksDB.DEFAULT_COLUMN_FAMILY);
    if (isAbsent(directory)) {
      if (readOnly) {
        throw new StoreUnusableException(
            Problem.of("directory holds no state")
                .with("directory", directory)
                .advise("check the path, or open it for writing once"));
      }
      return names;
    }
    try (Options options = tuning.forListing()) {
      for (byte[] name : RocksDB.listColumnFamilies(options, directory.toString())) {
        if (!Arrays.equals(name, RocksDB.DEFAULT_COLUMN_FAMILY)) {
          names.add(name);
        }
      }
    }
    return names;
  }

  /**
   * Tables without the file that says which of them count: RocksDB would begin a new database
   * beside them and delete them. Without tables nothing was ever flushed, so there is nothing to
   * lose.
   */
  private static void requireNoTables(Path directory) {
    try (var files = Files.list(directory)) {
      if (files.anyMatch(file -> file.toString().endsWith(".sst"))) {
        throw StateFailure.damaged("state is damaged", directory, "file CURRENT is missing");
      }
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
  }

  private static Bytes prefix(byte[] name) {
    return Bytes.wrap(Arrays.copyOfRange(name, NAME_PREFIX.length, name.length));
  }

  private static byte[] name(Bytes prefix) {
    byte[] name = Arrays.copyOf(NAME_PREFIX, NAME_PREFIX.length + prefix.length());
    System.arraycopy(prefix.array(), 0, name, NAME_PREFIX.length, prefix.length());
    return name;
  }

  Path directory() {
    return directory;
  }

  /** What it was opened with. */
  StateOptions options() {
    return tuning.options();
  }

  /** Whether a flush or a compaction has failed since it was opened. */
  boolean hasFailed() throws RocksDBException {
    return db.getLongProperty(BACKGROUND_ERRORS) > 0;
  }

  /** Whether it has grown beyond what it was opened for. */
  boolean isOutgrown() throws RocksDBException {
    return tuning.isOutgrownBy(property(LIVE_TABLES));
  }

  boolean isReadOnly() {
    return readOnly;
  }

  void requireWritable() {
    if (readOnly) {
      throw Problem.of("state is open for reading only")
          .with("directory", directory)
          .advise("open it for writing")
          .illegalState();
    }
  }

  /** Whether every table was there and is kept open, whatever becomes of its name. */
  boolean holdsTables() {
    return held;
  }

  Tuning tuning() {
    return tuning;
  }

  /** The column family of the meta rows. */
  ColumnFamilyHandle meta() {
    return families.get(0);
  }

  /** The column family of a prefix, or null if there is none. */
  @Nullable ColumnFamilyHandle family(Bytes prefix) {
    return byPrefix.get(prefix);
  }

  /** The column family of a namespace of this store. */
  ColumnFamilyHandle family(Namespace namespace) {
    ColumnFamilyHandle family = family(namespace.prefix());
    if (family == null) {
      throw Problem.of("namespace is not of this store")
          .with("namespace", namespace)
          .with("directory", directory)
          .advise("take it from schema()")
          .illegalArgument();
    }
    return family;
  }

  /** The prefixes that have a column family. */
  Collection<Bytes> prefixes() {
    return byPrefix.keySet();
  }

  /** Makes the column families of prefixes that have none. */
  void create(List<Bytes> prefixes) throws RocksDBException {
    List<Bytes> missing = prefixes.stream().filter(p -> !byPrefix.containsKey(p)).toList();
    List<byte[]> names = missing.stream().map(Database::name).toList();
    List<ColumnFamilyHandle> created = db.createColumnFamilies(tuning.columns(), names);
    for (int i = 0; i < created.size(); i++) {
      families.add(created.get(i));
      byPrefix.put(missing.get(i), created.get(i));
    }
  }

  byte @Nullable [] get(ColumnFamilyHandle family, byte[] storageKey) throws RocksDBException {
    return db.get(family, readLatest, storageKey);
  }

  byte @Nullable [] get(ColumnFamilyHandle family, ReadOptions at, byte[] storageKey)
      throws RocksDBException {
    return db.get(family, at, storageKey);
  }

  CellIterator iterate(
      ColumnFamilyHandle family, @Nullable Snapshot at, byte @Nullable [] to, boolean keepInCache) {
    return new CellIterator(db, family, at, to, keepInCache);
  }

  Snapshot snapshot() {
    return db.getSnapshot();
  }

  void release(Snapshot snapshot) {
    db.releaseSnapshot(snapshot);
  }

  /**
   * Writes a batch, all of it or nothing. The log is what makes it durable, so RocksDB keeps none.
   *
   * @return false if RocksDB has to flush or compact first; then nothing is written
   */
  boolean tryWrite(WriteBatch batch) throws RocksDBException {
    try {
      db.write(writeUnlogged, batch);
      return true;
    } catch (RocksDBException e) {
      if (StateFailure.isStall(e) && !isDiskFull()) {
        return false;
      }
      throw e;
    }
  }

  /** The same, of a batch so small that nothing has to be flushed for it. */
  void write(WriteBatch batch) throws RocksDBException {
    db.write(writeUnlogged, batch);
  }

  /** Whether RocksDB has no room for the flush that a stalled write waits for. */
  boolean isDiskFull() {
    return usableBytes.getAsLong() < tuning.options().writeBufferBytes();
  }

  /**
   * The one place that flushes. It names every column family: the overload without any flushes the
   * default one alone, and what the others hold is silently lost although meta says it is there.
   */
  void flush() throws RocksDBException {
    db.flush(flushAndWait, families);
  }

  /**
   * Copies what is written into a directory that is not there yet: tables as hard links where the
   * file system has them, what names them as files of their own.
   */
  void checkpoint(Path target) throws RocksDBException {
    try (Checkpoint checkpoint = Checkpoint.create(db)) {
      checkpoint.createCheckpoint(target.toString());
    }
  }

  /** Reads every block of every table and compares checksums. */
  void verifyChecksums() throws RocksDBException {
    db.verifyChecksum();
  }

  long property(ColumnFamilyHandle family, String name) throws RocksDBException {
    return db.getLongProperty(family, name);
  }

  long property(String name) throws RocksDBException {
    return db.getAggregatedLongProperty(name);
  }

  /** Frees everything, what depends on something else before it. */
  void close() {
    readLatest.close();
    writeUnlogged.close();
    flushAndWait.close();
    families.forEach(ColumnFamilyHandle::close);
    db.close();
    tuning.close();
  }
}
