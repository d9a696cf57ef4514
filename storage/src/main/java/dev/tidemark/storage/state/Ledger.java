package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import java.util.BitSet;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** The meta rows, as read at open and as changed by every batch since. */
final class Ledger {
  private final @Nullable Schema schema;
  private volatile Progress progress;
  private volatile Floor floor;
  private volatile long flushed;
  private final KeyVersions versions = new KeyVersions();
  private volatile long commits;
  private long flushedCommits;

  private Ledger(@Nullable Schema schema, Progress progress, Floor floor) {
    this.schema = schema;
    this.progress = progress;
    this.floor = floor;
    this.flushed = progress.applied();
  }

  /** Reads the meta rows; refuses a format that this version does not know. */
  static Ledger read(Reader meta) {
    requireKnownFormat(meta);
    Floor floor = row(meta, MetaLayout.FLOOR, Floor::decode);
    return new Ledger(
        row(meta, MetaLayout.SCHEMA, Ledger::decodeSchema),
        readProgress(meta),
        floor == null ? Floor.NONE : floor);
  }

  /** Reads the rows that say how far the state got. */
  static Progress readProgress(Reader meta) {
    return new Progress(
        number(meta, MetaLayout.APPLIED), number(meta, MetaLayout.CLOCK), origins(meta));
  }

  /** Makes the schema and the format durable, before anything is written under them. */
  static void write(Database db, Schema schema) throws RocksDBException {
    ByteWriter encoded = new ByteWriter();
    schema.encode(encoded);
    try (WriteBatch batch = new WriteBatch()) {
      batch.put(db.meta(), MetaLayout.FORMAT, MetaLayout.format());
      batch.put(db.meta(), MetaLayout.SCHEMA, encoded.toByteArray());
      db.write(batch);
    }
    db.flush();
  }

  /** Makes durable whose state this is, before anything is folded into it. */
  static void claim(Database db, Owner owner) throws RocksDBException {
    try (WriteBatch batch = new WriteBatch()) {
      batch.put(db.meta(), MetaLayout.STORE, owner.storeId());
      batch.put(db.meta(), MetaLayout.REPLICA, MetaLayout.number(owner.replicaId()));
      db.write(batch);
    }
    db.flush();
  }

  /** Makes durable which keys are held, before anything is folded that is of no others. */
  static void hold(Database db, Reader meta, Interest interest) throws RocksDBException {
    try (WriteBatch batch = new WriteBatch()) {
      batch.put(db.meta(), MetaLayout.INTEREST, encode(interest));
      if (freed(meta) != null) {
        // Of what is let go of now, or after this, there is something left.
        batch.put(db.meta(), MetaLayout.FREED, encode(Interest.ALL));
      }
      db.write(batch);
    }
    db.flush();
  }

  /** Makes durable of which keys nothing is left, before anything more of others is removed. */
  static void freed(Database db, Interest outside) throws RocksDBException {
    try (WriteBatch batch = new WriteBatch()) {
      batch.put(db.meta(), MetaLayout.FREED, encode(outside));
      db.write(batch);
    }
    db.flush();
  }

  private static byte[] encode(Interest interest) {
    ByteWriter encoded = new ByteWriter();
    interest.encode(encoded);
    return encoded.toByteArray();
  }

  /** Outside of which keys nothing is left, or null if nothing was ever removed. */
  static @Nullable Interest freed(Reader meta) {
    return row(meta, MetaLayout.FREED, Ledger::decodeInterest);
  }

  /** Which keys are held. */
  static Interest interest(Reader meta) {
    Interest held = row(meta, MetaLayout.INTEREST, Ledger::decodeInterest);
    return held == null ? Interest.ALL : held;
  }

  private static Interest decodeInterest(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    Interest decoded = Interest.decode(in);
    in.expectEnd();
    return decoded;
  }

  /** Whose state it is, or null if nobody has claimed it. */
  static @Nullable Owner owner(Reader meta) {
    byte[] store = meta.get(MetaLayout.STORE);
    return store == null ? null : new Owner(store, number(meta, MetaLayout.REPLICA));
  }

  /** The last position of the run that the state is in the middle of, or 0. */
  static long midway(Reader meta) {
    return number(meta, MetaLayout.MIDWAY);
  }

  /** Below what all is forgotten that can be. */
  static Floor swept(Reader meta) {
    Floor swept = row(meta, MetaLayout.SWEPT, Floor::decode);
    return swept == null ? Floor.NONE : swept;
  }

  private static void requireKnownFormat(Reader meta) {
    byte[] format = meta.get(MetaLayout.FORMAT);
    if (format == null) {
      return;
    }
    int version = format.length == 1 ? format[0] & 0xff : -1;
    if (version != MetaLayout.FORMAT_VERSION) {
      throw new StoreUnusableException(
          Problem.of("state has another format")
              .with("directory", meta.directory())
              .with("stored", version)
              .with("known", MetaLayout.FORMAT_VERSION)
              .advise("open it with the version of Tidemark that wrote it, or a newer one"));
    }
  }

  private static SortedMap<Long, OriginRow> origins(Reader meta) {
    TreeMap<Long, OriginRow> rows = Progress.noOrigins();
    meta.visit(
        MetaLayout.FIRST_ORIGIN,
        MetaLayout.PAST_ORIGINS,
        (name, row) -> {
          long replica = StateFailure.decode(meta.directory(), name, MetaLayout::replica);
          rows.put(replica, StateFailure.decode(meta.directory(), row, OriginRow::decode));
          return true;
        });
    return Collections.unmodifiableSortedMap(rows);
  }

  private static long number(Reader meta, byte[] name) {
    Long value = row(meta, name, MetaLayout::number);
    return value == null ? 0 : value;
  }

  private static <T> @Nullable T row(Reader meta, byte[] name, Function<byte[], T> decoder) {
    byte[] bytes = meta.get(name);
    return bytes == null ? null : StateFailure.decode(meta.directory(), bytes, decoder);
  }

  private static Schema decodeSchema(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    Schema decoded = Schema.decode(in);
    in.expectEnd();
    return decoded;
  }

  /** The schema as it was at open, or null if none was ever written. */
  @Nullable Schema schema() {
    return schema;
  }

  Progress progress() {
    return progress;
  }

  Floor floor() {
    return floor;
  }

  /** The applied position that is known to be durable. */
  long flushed() {
    return flushed;
  }

  /** Which batch has changed a key last: what is read of it from now on holds all of that. */
  long version(Bytes key) {
    return versions.of(key);
  }

  /**
   * A batch with these rows is written.
   *
   * @param changed the {@linkplain KeyVersions#place places} of keys that it may have changed
   */
  synchronized void committed(Progress newProgress, Floor newFloor, BitSet changed) {
    progress = newProgress;
    floor = newFloor;
    flushed = Math.min(flushed, newProgress.applied());
    commits++;
    versions.rise(changed, commits);
  }

  /**
   * What a flush that begins now is certain to cover; what is committed while it runs may miss it.
   */
  synchronized Mark mark() {
    return new Mark(commits, progress.applied());
  }

  /** A flush is complete that began at the mark. */
  synchronized void flushed(Mark mark) {
    // A position that was replaced by a lower one while the flush ran is worth nothing any more.
    flushed = Math.min(mark.applied(), progress.applied());
    flushedCommits = mark.commits();
  }

  /** Whether a flush would have nothing to do. */
  synchronized boolean isFlushed() {
    return commits == flushedCommits;
  }

  /** A moment of this store. */
  record Mark(long commits, long applied) {}
}
