package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.ChainHash;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.FlooredCells;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.log.SegmentInfo;
import dev.tidemark.storage.membership.MembersKey;
import dev.tidemark.storage.run.RunEffect;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.state.KeyCursor;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateMismatch;
import dev.tidemark.storage.state.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Opens the stores of a test; after it closes them and looks at everything they left behind: every
 * frame of the log, the order of each origin, the state against the log from the beginning, and
 * what of the process is still held: native handles, descriptors, mappings, threads.
 */
public final class StoreAudit implements AfterEachCallback {
  private static final Path PROC = Path.of("/proc/self");

  private final List<Tidemark> stores = new ArrayList<>();
  private final Set<Path> directories = new LinkedHashSet<>();

  /** Opens a store that is closed and looked at when the test is over. */
  public Tidemark open(Path directory, Schema schema, Options options) {
    Tidemark store = Tidemark.open(directory, schema, options);
    stores.add(store);
    directories.add(directory);
    return store;
  }

  /** Opens a store of every strategy. */
  public Tidemark open(Path directory) {
    return open(directory, EveryStrategy.SCHEMA, Options.defaults());
  }

  /** Does not look at a directory that the test has damaged on purpose. */
  public void expectDamage(Path directory) {
    directories.remove(directory);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    boolean passed = context.getExecutionException().isEmpty();
    try {
      if (passed) {
        stores.forEach(StoreAudit::checkNothingLent);
      }
    } finally {
      stores.forEach(Tidemark::close);
    }
    if (passed) {
      checkNoThreads();
      directories.forEach(StoreAudit::check);
    }
  }

  /** Of an open store: what it has lent of RocksDB has been given back. */
  static void checkNothingLent(Tidemark store) {
    try {
      // Folding borrows too, and ends by itself.
      Tasks.await(
          () -> store.status().nativeHandles() == 0,
          () -> "native handles not given back: " + store.status().nativeHandles());
    } catch (IllegalStateException closedByTheTest) {
      assertThat(closedByTheTest).hasMessageContaining("closed");
    }
  }

  /** No store is open any more, so none of its workers is left. */
  static void checkNoThreads() {
    Tasks.await(() -> workers().isEmpty(), () -> "workers that are left: " + workers());
  }

  private static List<String> workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("tidemark-"))
        .toList();
  }

  /** Looks at a store that was closed. */
  public static void check(Path directory) {
    checkNothingHeld(directory);
    StoreFiles files = new StoreFiles(directory);
    try (LogReader log = LogReader.open(files);
        StateStore state = StateStore.openReadOnly(files.state())) {
      checkSegments(log);
      assertThat(state.midway()).isZero();
      List<StateMismatch> mismatches = new ArrayList<>();
      assertThat(state.audit(mismatches::add).isClean()).as("%s", mismatches).isTrue();
      if (log.firstPosition() > 1) {
        // The log no longer tells how the state came about.
        assertThat(state.progress().applied()).isEqualTo(log.lastPosition());
        return;
      }
      Map<Namespace, Map<Bytes, KeyState>> joined = joinOf(log, state);
      try (Pin pin = state.pin()) {
        for (Namespace namespace : state.schema().namespaces()) {
          checkNamespace(state, pin, namespace, joined.getOrDefault(namespace, Map.of()));
        }
      }
    }
  }

  private static void checkSegments(LogReader log) {
    assertThat(log.refusal()).isEmpty();
    assertThat(log.tail()).isEmpty();
    long next = log.firstPosition();
    for (SegmentInfo segment : log.segments()) {
      assertThat(segment.sealed()).as("sealed by close: %s", segment).isTrue();
      assertThat(segment.firstPosition()).isEqualTo(next);
      assertThat(log.verify(segment)).isEmpty();
      next = segment.lastPosition() + 1;
    }
    assertThat(log.lastPosition()).isEqualTo(next - 1);
    assertThat(log.durableMark()).hasValue(next - 1);
  }

  /** Joins the whole log in memory, and checks on the way that each origin's numbers are dense. */
  private static Map<Namespace, Map<Bytes, KeyState>> joinOf(LogReader log, StateStore state) {
    Map<Namespace, Map<Bytes, KeyState>> joined =
        new TreeMap<>((a, b) -> a.prefix().compareTo(b.prefix()));
    VersionVector seen = VersionVector.EMPTY;
    long clock = 0;
    long position = log.firstPosition();
    try (LogCursor cursor = log.cursor(log.firstPosition())) {
      while (cursor.next()) {
        assertThat(cursor.firstPosition()).isEqualTo(position);
        position = cursor.position() + 1;
        for (OriginCoverage of : coverage(cursor)) {
          if (cursor.isRun()) {
            assertThat(of.before()).as("no gap").isLessThanOrEqualTo(seen.get(of.origin()));
          } else {
            assertThat(of.before()).as("numbers are dense").isEqualTo(seen.get(of.origin()));
          }
          clock = Math.max(clock, of.lastStamp());
        }
        for (OriginCoverage of : coverage(cursor)) {
          seen = seen.with(of.origin(), of.after());
        }
        for (OriginCoverage of : coverage(cursor)) {
          assertThat(seen.dominates(of.summary())).as("causes come first").isTrue();
        }
        Floor floor = floor(joined);
        for (RunRecord next : ForcedFold.records(cursor)) {
          if (cursor.isRun() && cursor.effect() == RunEffect.REPLACES) {
            replace(joined, next);
          } else {
            join(joined, next, floor, cursor.isRun());
          }
        }
      }
    }
    assertThat(position).isEqualTo(log.lastPosition() + 1);
    assertThat(state.progress().applied()).isEqualTo(log.lastPosition());
    assertThat(state.progress().vector()).isEqualTo(seen);
    assertThat(state.progress().clock()).isEqualTo(clock);
    return joined;
  }

  /** What an item of the log holds of each origin. */
  private static List<OriginCoverage> coverage(LogCursor cursor) {
    if (cursor.isRun()) {
      return cursor.coverage();
    }
    CommitHeader header =
        CommitCodec.decodeHeader(new ByteReader(cursor.array(), cursor.offset(), cursor.length()));
    return List.of(
        new OriginCoverage(
            header.origin(),
            header.firstSequence() - 1,
            header.lastSequence(),
            header.lastStamp(),
            header.summary(),
            ChainHash.NONE,
            header.chain()));
  }

  /** Below what the log says that may be forgotten. */
  private static Floor floor(Map<Namespace, Map<Bytes, KeyState>> joined) {
    KeyState members = joined.getOrDefault(Namespace.SYSTEM, Map.of()).get(MembersKey.KEY);
    return members == null ? Floor.NONE : MembersKey.floor(members);
  }

  private static void join(
      Map<Namespace, Map<Bytes, KeyState>> joined, RunRecord next, Floor floor, boolean inRun) {
    var lattice = next.namespace().strategy().lattice();
    KeyState held =
        joined
            .computeIfAbsent(next.namespace(), namespace -> new TreeMap<>())
            .computeIfAbsent(next.key(), key -> KeyState.bottomOf(lattice));
    KeyDelta delta = inRun ? lattice.admit(next.delta(), floor) : next.delta();
    Join.into(new FlooredCells(held, lattice, floor), lattice, delta, next.part());
  }

  /** Keys that the store came to hold: of what was there nothing is left. */
  private static void replace(Map<Namespace, Map<Bytes, KeyState>> joined, RunRecord next) {
    var lattice = next.namespace().strategy().lattice();
    Map<Bytes, KeyState> keys =
        joined.computeIfAbsent(next.namespace(), namespace -> new TreeMap<>());
    KeyState held = keys.computeIfAbsent(next.key(), key -> KeyState.bottomOf(lattice));
    List.copyOf(held.asDelta().cells().keySet()).stream()
        .filter(next.part().range()::contains)
        .forEach(id -> held.cell(id, null));
    KeyState alone = KeyState.bottomOf(lattice);
    Join.into(alone, lattice, next.delta());
    alone.asDelta().cells().forEach(held::cell);
    held.head(alone.head());
    if (held.asDelta().equals(KeyDelta.ofHead(lattice.bottom()))) {
      keys.remove(next.key());
    }
  }

  /** Both with all forgotten that may be. */
  private static void checkNamespace(
      StateStore state, Pin pin, Namespace namespace, Map<Bytes, KeyState> expected) {
    var lattice = namespace.strategy().lattice();
    Map<Bytes, KeyDelta> stored = new TreeMap<>();
    try (KeyCursor cursor = state.keys(pin, namespace, KeyRange.ALL)) {
      while (cursor.next()) {
        KeyState copy = KeyState.bottomOf(lattice);
        copy.head(cursor.head());
        whole(state.view(pin, namespace, cursor.key())).cells().forEach(copy::cell);
        keep(stored, cursor.key(), copy, lattice, pin.floor());
      }
    }
    Map<Bytes, KeyDelta> due = new TreeMap<>();
    expected.forEach((key, held) -> keep(due, key, held, lattice, pin.floor()));
    assertThat(stored.keySet()).as("keys of %s", namespace).isEqualTo(due.keySet());
    due.forEach(
        (key, held) -> assertThat(stored.get(key)).as("%s of %s", key, namespace).isEqualTo(held));
  }

  private static void keep(
      Map<Bytes, KeyDelta> all, Bytes key, KeyState held, Lattice lattice, Floor floor) {
    if (!floor.isNone()) {
      new FlooredCells(held, lattice, floor).forget();
      if (held.asDelta().equals(KeyDelta.ofHead(lattice.bottom()))) {
        return;
      }
    }
    all.put(key, held.copy());
  }

  /** Everything of a key, copied. */
  static KeyDelta whole(KeyView view) {
    TreeMap<Bytes, byte[]> cells = new TreeMap<>();
    view.cells(
        CellRange.ALL,
        (id, cell) -> {
          cells.put(id, cell);
          return true;
        });
    return new KeyDelta(view.head(), cells);
  }

  /**
   * No descriptor and no mapping of the directory is left in this process, where that can be seen.
   * Chronicle lets go of some of them in a thread of its own, soon after a close.
   */
  static void checkNothingHeld(Path directory) {
    try {
      checkNoneHeld(directory.toRealPath() + "/");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The same of all files whose path begins so. */
  static void checkNoneHeld(String pathPrefix) {
    if (Files.isReadable(PROC.resolve("maps"))) {
      List<String> held = new ArrayList<>();
      Tasks.await(
          () -> {
            held.clear();
            held.addAll(held(pathPrefix));
            return held.isEmpty();
          },
          () -> "still held: " + held);
    }
  }

  private static List<String> held(String pathPrefix) {
    try (Stream<Path> descriptors = Files.list(PROC.resolve("fd"));
        Stream<String> maps = Files.lines(PROC.resolve("maps"))) {
      return Stream.concat(descriptors.map(StoreAudit::target), maps)
          .filter(line -> line.contains(pathPrefix))
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }
}
