package dev.tidemark.storage.state;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the tests of this package share. */
final class States {
  static final StateOptions SMALL = new StateOptions(8 << 20, 2 << 20, 64);
  static final Schema CART_AND_NAMES =
      Schema.of("cart:", Strategy.LWW_MAP).and("name:", Strategy.LWW_REGISTER);

  private States() {}

  static StateStore open(Path directory) {
    return StateStore.open(directory, CART_AND_NAMES, SMALL);
  }

  static Namespace carts(StateStore store) {
    return namespace(store, "cart:");
  }

  static Namespace names(StateStore store) {
    return namespace(store, "name:");
  }

  static Namespace namespace(StateStore store, String prefix) {
    return java.util.Objects.requireNonNull(store.schema().withPrefix(utf8(prefix)));
  }

  static Bytes utf8(String text) {
    return Bytes.utf8(text);
  }

  static Bytes hex(String digits) {
    return Bytes.wrap(HexFormat.of().parseHex(digits.replace(" ", "")));
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** A field of a last-writer map with a version that is the sequence. */
  static KeyDelta put(String field, String value, long sequence) {
    return prepare(Strategy.LWW_MAP, new Update.PutField(utf8(field), utf8(value)), sequence);
  }

  static KeyDelta remove(String field, long sequence) {
    return prepare(Strategy.LWW_MAP, new Update.Remove(utf8(field)), sequence);
  }

  static KeyDelta delete(long sequence) {
    return prepare(Strategy.LWW_MAP, new Update.Delete(), sequence);
  }

  static KeyDelta set(String value, long sequence) {
    return prepare(Strategy.LWW_REGISTER, new Update.SetValue(utf8(value)), sequence);
  }

  private static KeyDelta prepare(Strategy strategy, Update update, long sequence) {
    KeyDelta nothingSeen = KeyDelta.ofHead(strategy.lattice().bottom());
    return strategy.lattice().prepare(update, nothingSeen, new OperationId(1, sequence, sequence));
  }

  /** Folds one delta into one key. */
  static void fold(StateStore store, Namespace namespace, String key, KeyDelta delta) {
    long applied = store.progress().applied() + 1;
    try (FoldBatch batch = store.fold()) {
      batch.join(namespace, utf8(key), delta);
      batch.progress(applied, applied, origin(1, applied));
      batch.commit();
    }
  }

  /** Folds a map with many fields into one key. */
  static void foldMap(StateStore store, String key, int fields) {
    TreeMap<Bytes, byte[]> cells = new TreeMap<>();
    for (int i = 0; i < fields; i++) {
      KeyDelta one = put(String.format("field-%07d", i), "value", i + 1L);
      cells.putAll(one.cells());
    }
    fold(store, carts(store), key, new KeyDelta(new byte[0], cells));
  }

  static SortedMap<Long, OriginRow> origin(long replica, long sequence) {
    TreeMap<Long, OriginRow> rows = Progress.noOrigins();
    rows.put(replica, new OriginRow(sequence, sequence, sequence * 31, VersionVector.EMPTY));
    return rows;
  }

  static KeyDelta copy(KeyView view) {
    TreeMap<Bytes, byte[]> cells = new TreeMap<>();
    view.cells(
        CellRange.ALL,
        (id, cell) -> {
          cells.put(id, cell);
          return true;
        });
    return new KeyDelta(view.head(), cells);
  }

  static List<String> keys(StateStore store, Namespace namespace, KeyRange range) {
    List<String> keys = new ArrayList<>();
    try (Pin pin = store.pin();
        KeyCursor cursor = store.keys(pin, namespace, range)) {
      while (cursor.next()) {
        keys.add(cursor.key().toUtf8());
      }
    }
    return keys;
  }

  static List<StateMismatch> mismatches(StateStore store) {
    List<StateMismatch> found = new ArrayList<>();
    store.audit(found::add);
    return found;
  }

  static void copyDirectory(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (Path file : files(from)) {
      Files.copy(file, to.resolve(file.getFileName()));
    }
  }

  static List<Path> files(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  static List<Path> tables(Path directory) throws IOException {
    return files(directory).stream().filter(file -> file.toString().endsWith(".sst")).toList();
  }
}
