package dev.tidemark.storage.format;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.ComposedId;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.blob.BlobOutput;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.blob.Visit;
import dev.tidemark.storage.checkpoint.CheckpointFile;
import dev.tidemark.storage.checkpoint.ClusterCheckpoint;
import dev.tidemark.storage.checkpoint.Submission;
import dev.tidemark.storage.file.BlobFiles;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.log.FrameLayout;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogOptions;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.snapshot.Manifest;
import dev.tidemark.storage.snapshot.SnapshotFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Makes the bytes that {@code docs/format.md} shows, through the store's own front door. */
final class FormatExamples {
  private static final byte[] STORE = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int DOCUMENT_HEADER_BYTES = 4;
  private static final int SLOT_BYTES = 64;
  private static final Schema SCHEMA = Schema.of("cart:", Strategy.OR_SET);
  private static final Bytes CART = utf8("cart:42");
  private static final long THEIR_STAMP = 900L << 16;
  private static final long OUR_STAMP = 1_000L << 16;
  private static final OperationId OUR_FIRST = new OperationId(1, 1, OUR_STAMP - 1);
  private static final OperationId THEIRS = new OperationId(2, 1, THEIR_STAMP);
  private static final OperationId OURS = new OperationId(1, 3, OUR_STAMP);

  private FormatExamples() {}

  /** All examples by name. */
  static Map<String, byte[]> all(Path directory) throws Exception {
    Map<String, byte[]> all = new TreeMap<>();
    primitives(all);
    deltas(all);
    checkpoint(all);
    chunk(Files.createDirectory(directory.resolve("blobs-alone")), all);
    Path store = Files.createDirectory(directory.resolve("store"));
    store(store, all);
    mark(Files.createDirectory(directory.resolve("log-alone")), new StoreFiles(store), all);
    return all;
  }

  private static void chunk(Path directory, Map<String, byte[]> all) throws IOException {
    StoreFiles files = new StoreFiles(directory);
    try (BlobStore blobs = new BlobStore(files, DurableFiles.standard(), 0);
        Visit visit = blobs.visit();
        BlobOutput out = visit.write()) {
      out.write("hello".getBytes(StandardCharsets.US_ASCII));
      LargeValue value = out.finish();
      ByteWriter encoded = new ByteWriter();
      value.encode(encoded);
      all.put("large value", encoded.toByteArray());
      all.put("chunk", Files.readAllBytes(new BlobFiles(files.blobs()).chunk(value.root())));
    }
  }

  private static void primitives(Map<String, byte[]> all) {
    ByteWriter vector = new ByteWriter();
    VersionVector.of(1, 3).with(2, 300).encode(vector);
    all.put("vector", vector.toByteArray());
    Bytes field = Bytes.wrap(new byte[] {'a', 0});
    all.put("composed id", new ComposedId(field, utf8("b")).encode().array());
  }

  /** Of two members, of which the first has submitted. */
  private static void checkpoint(Map<String, byte[]> all) {
    byte[] root = new byte[32];
    Arrays.fill(root, (byte) 0xab);
    Submission submission =
        new Submission(
            1, Bytes.wrap(STORE), 7, 3, VersionVector.of(1, 3), Floor.NONE, Bytes.wrap(root));
    ClusterCheckpoint begun =
        ClusterCheckpoint.begin("c1", Bytes.wrap(new byte[16]), 1_000, List.of(1L, 2L));
    all.put("CHECKPOINT", CheckpointFile.encode(begun.with(submission)));
  }

  private static void deltas(Map<String, byte[]> all) {
    Update set = new Update.SetValue(utf8("x"));
    Update add = new Update.Add(utf8("milk"));
    Update up = new Update.Increment(5);
    Update delete = new Update.Delete();
    Bytes field = utf8("f");
    one(all, Strategy.LWW_REGISTER, "set", set);
    byte[] root = new byte[32];
    Arrays.fill(root, (byte) 0xab);
    Update large = new Update.SetLarge(new LargeValue(7, Bytes.wrap(root)));
    one(all, Strategy.LWW_REGISTER, "set large", large);
    one(all, Strategy.LWW_REGISTER, "delete", delete);
    one(all, Strategy.EPOCH_MAX, "put", new Update.PutEpoch(7, -1));
    one(all, Strategy.EPOCH_MAX, "delete", delete);
    after(all, Strategy.G_COUNTER, "increment", OUR_FIRST, up, new Update.Increment(300));
    after(all, Strategy.PN_COUNTER, "decrement", OUR_FIRST, up, new Update.Decrement(2));
    after(all, Strategy.PN_COUNTER, "delete", OUR_FIRST, up, delete);
    one(all, Strategy.G_SET, "add", add);
    after(all, Strategy.OR_SET, "add", THEIRS, add, add);
    after(all, Strategy.OR_SET, "remove", THEIRS, add, new Update.Remove(utf8("milk")));
    after(all, Strategy.OR_SET, "delete", THEIRS, add, delete);
    after(all, Strategy.MV_REGISTER, "set", THEIRS, set, new Update.SetValue(utf8("y")));
    after(all, Strategy.EW_FLAG, "disable", THEIRS, new Update.Enable(), new Update.Disable());
    one(all, Strategy.LWW_MAP, "put", new Update.PutField(field, utf8("x")));
    one(all, Strategy.LWW_MAP, "delete", delete);
    Update addToField = new Update.UpdateField(field, add);
    one(all, Strategy.OR_MAP_OF_OR_SET, "update", addToField);
    after(all, Strategy.OR_MAP_OF_OR_SET, "remove", THEIRS, addToField, new Update.Remove(field));
    one(all, Strategy.OR_MAP_OF_MV_REGISTER, "update", new Update.UpdateField(field, set));
    one(
        all,
        Strategy.OR_MAP_OF_EW_FLAG,
        "update",
        new Update.UpdateField(field, new Update.Enable()));
    one(all, Strategy.OR_MAP_OF_PN_COUNTER, "update", new Update.UpdateField(field, up));
    Update event = new Update.Append(utf8("e"));
    after(all, Strategy.JOURNAL, "append", THEIRS, event, event);
    all.put("causal bottom", Strategy.OR_SET.lattice().bottom());
  }

  private static void one(Map<String, byte[]> all, Strategy strategy, String name, Update update) {
    put(all, strategy, name, KeyState.bottomOf(strategy.lattice()), update);
  }

  private static void after(
      Map<String, byte[]> all,
      Strategy strategy,
      String name,
      OperationId earlierId,
      Update earlier,
      Update update) {
    Lattice lattice = strategy.lattice();
    KeyState state = KeyState.bottomOf(lattice);
    Join.into(state, lattice, lattice.prepare(earlier, state, earlierId));
    put(all, strategy, name, state, update);
  }

  private static void put(
      Map<String, byte[]> all, Strategy strategy, String name, KeyState seen, Update update) {
    KeyDelta delta = strategy.lattice().prepare(update, seen, OURS);
    strategy.lattice().validate(delta);
    all.put(strategy.id() + " " + name, delta.toByteArray());
  }

  /** A store that made a commit, took one from replica 2, and made another with two operations. */
  private static void store(Path directory, Map<String, byte[]> all) throws Exception {
    StoreFiles files = new StoreFiles(directory);
    Identity.first(STORE, 1, 1_000, Place.of(directory)).write(files, DurableFiles.standard());
    var options = dev.tidemark.storage.Options.defaults().withClock(() -> 1_000);
    Manifest manifest;
    try (Tidemark store = Tidemark.open(directory, SCHEMA, options)) {
      store.update(CART.toUtf8(), new Update.Add(utf8("milk")));
      store.accept(theirCommit(), THEIRS.replica());
      store.commit(
          batch -> {
            batch.update(CART.toUtf8(), new Update.Remove(utf8("milk")));
            batch.update("name", new Update.SetValue(utf8("x")));
          });
      manifest = store.snapshot().manifest();
    }
    all.put("snapshot MANIFEST", settled(manifest).encode());
    // Where the directory is differs from run to run.
    all.put("IDENTITY", new Identity(STORE, 1, 1_000, true, new Place(2, 3), List.of(4L)).encode());
    all.put("CATALOGUE", Files.readAllBytes(files.catalogue()));
    all.put("entry 1", entry(files, 1));
    all.put("entry 3", entry(files, 3));
    all.putAll(families(files.state()));
  }

  /**
   * With a number of its own, a time, and one file, instead of those that differ from run to run.
   */
  private static Manifest settled(Manifest manifest) {
    byte[] current = "MANIFEST-000005\n".getBytes(StandardCharsets.US_ASCII);
    return new Manifest(
        STORE,
        5,
        1,
        List.of(4L),
        2_000,
        manifest.progress(),
        manifest.floor(),
        manifest.schema(),
        List.of(new SnapshotFile("CURRENT", current.length, sha256(current))),
        manifest.roots());
  }

  private static Bytes sha256(byte[] bytes) {
    try {
      return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] theirCommit() {
    Lattice lattice = Strategy.OR_SET.lattice();
    KeyDelta delta =
        lattice.prepare(new Update.Add(utf8("bread")), KeyState.bottomOf(lattice), THEIRS);
    CommitHeader header = new CommitHeader(2, 1, THEIR_STAMP, 1, VersionVector.EMPTY, 0);
    ByteWriter out = new ByteWriter();
    CommitCodec.encode(header, List.of(new Operation(SCHEMA.of(CART), CART, delta)), 0, out);
    return out.toByteArray();
  }

  /** The document at a position with its header, as it is in the file. */
  private static byte[] entry(StoreFiles files, long position) throws IOException {
    try (LogReader log = LogReader.open(files);
        LogCursor cursor = log.cursor(position);
        var data = Files.list(files.segment(1))) {
      cursor.next();
      int from = (int) cursor.fileOffset();
      int length = DOCUMENT_HEADER_BYTES + FrameLayout.BODY + cursor.length();
      byte[] file = Files.readAllBytes(data.findFirst().orElseThrow());
      return Arrays.copyOfRange(file, from, from + length);
    }
  }

  /** The records of each column family: key, value, key, value. */
  private static Map<String, byte[]> families(Path state) throws RocksDBException {
    List<ColumnFamilyDescriptor> names = new ArrayList<>();
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    Map<String, byte[]> families = new TreeMap<>();
    try (Options listing = new Options()) {
      for (byte[] name : RocksDB.listColumnFamilies(listing, state.toString())) {
        names.add(new ColumnFamilyDescriptor(name));
      }
    }
    try (DBOptions options = new DBOptions();
        RocksDB db = RocksDB.openReadOnly(options, state.toString(), names, handles)) {
      for (ColumnFamilyHandle handle : handles) {
        ByteWriter out = new ByteWriter();
        try (RocksIterator records = db.newIterator(handle)) {
          for (records.seekToFirst(); records.isValid(); records.next()) {
            out.raw(records.key()).raw(records.value());
          }
        }
        if (out.toByteArray().length > 0) {
          families.put("family " + Bytes.wrap(handle.getName()).toUtf8(), out.toByteArray());
        }
        handle.close();
      }
    }
    return families;
  }

  /**
   * The slot that one force of three commits writes; in a store the background decides how often.
   */
  private static void mark(Path directory, StoreFiles source, Map<String, byte[]> all)
      throws Exception {
    StoreFiles files = new StoreFiles(directory);
    try (LogReader from = LogReader.open(source);
        LogCursor cursor = from.cursor(1);
        OpLog log = OpLog.open(files, STORE, LogOptions.DEFAULT)) {
      while (cursor.next()) {
        log.append(cursor.array(), cursor.offset(), cursor.length());
      }
      log.sync();
    }
    all.put(
        "DURABLE-MARK slot", Arrays.copyOf(Files.readAllBytes(files.durableMark()), SLOT_BYTES));
  }

  private static Bytes utf8(String text) {
    return Bytes.utf8(text);
  }
}
