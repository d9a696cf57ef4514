package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.core.Opening;
import dev.tidemark.storage.core.StoreCore;
import dev.tidemark.storage.fault.Call;
import dev.tidemark.storage.fault.MemoryDirectory;
import dev.tidemark.storage.fault.ObservedFiles;
import dev.tidemark.storage.fault.Watcher;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.log.SegmentInfo;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The proof of {@code SYNCED}: by the time such an update returns, its segment's file was forced by
 * a force that began when its entry was in it, and every name on the way to that file was forced
 * after it was given. {@code TracedProcessTest} shows that such a force reaches the kernel.
 */
class SyncedProofTest {
  private static final Options OPTIONS =
      Options.defaults()
          .withSyncInterval(Duration.ofHours(1))
          .withInlineLimit(Limits.MAX_VALUE_BYTES);

  /** Chronicle maps a file in blocks of it. */
  private static final long BLOCK_BYTES = 64L << 20;

  /** The largest value, and so many of them in a commit that it is almost the largest, too. */
  private static final int LARGEST = 1 << 20;

  private static final int LARGEST_IN_A_COMMIT = 7;

  @TempDir(factory = MemoryDirectory.class)
  private Path parent;

  private StoreFiles files;
  private final Trace trace = new Trace();

  /** A call, and what the log held when it began. */
  private record Made(Call call, long appended) {}

  /** An update that has returned, and how many calls had been made by then. */
  private record Returned(long position, int calls) {}

  /** All calls in order. */
  private static final class Trace implements Watcher {
    private final List<Made> made = new ArrayList<>();
    private volatile LongSupplier appended = () -> 0;
    private long atBegin;

    @Override
    public void before(Call call) {
      atBegin = appended.getAsLong();
    }

    @Override
    public synchronized void after(Call call) {
      made.add(new Made(call, atBegin));
    }

    synchronized int calls() {
      return made.size();
    }

    /** Where the first of some calls is, among those before a moment; -1 if none is. */
    synchronized int first(int from, int to, Predicate<Made> wanted) {
      for (int i = from; i < to; i++) {
        if (wanted.test(made.get(i))) {
          return i;
        }
      }
      return -1;
    }
  }

  @BeforeEach
  void inADirectory() {
    files = new StoreFiles(parent.resolve("new").resolve("store"));
  }

  @Test
  void forcesEveryEntryAndEveryNameBeforeItReturnsWithManyWritersAcrossSegments() throws Exception {
    Queue<Returned> returned = new ConcurrentLinkedQueue<>();
    List<SegmentInfo> segments;
    try (Opened store = open(OPTIONS.withSegmentBytes(64 << 10).withCompactionBytesPerSecond(0));
        Tasks tasks = new Tasks()) {
      for (int t = 0; t < 8; t++) {
        String key = "k" + t;
        tasks.start(
            () -> {
              for (int i = 0; i < 40; i++) {
                returned.add(store.update(key, 900));
              }
              return key;
            });
      }
      tasks.join();
      segments = store.core.log().segments();
    }
    assertThat(segments).hasSizeGreaterThan(3);
    assertThat(returned).hasSize(8 * 40);
    returned.forEach(one -> expectForced(one, segments));
  }

  @Test
  void forcesEveryEntryAcrossTheBlocksThatAreMapped() {
    List<Returned> returned = new ArrayList<>();
    List<SegmentInfo> segments;
    try (Opened store =
        open(OPTIONS.withSegmentBytes(3 * BLOCK_BYTES).withCompactionBytesPerSecond(0))) {
      for (int i = 0; i < 30; i++) {
        returned.add(store.updateLargest());
      }
      segments = store.core.log().segments();
    }
    assertThat(segments).hasSize(2);
    assertThat(segments.get(0).bytes()).isGreaterThan(2 * BLOCK_BYTES);
    returned.forEach(one -> expectForced(one, segments));
  }

  @Test
  void forcesWhatIsAwaitedAfterwards() {
    Returned awaited;
    List<SegmentInfo> segments;
    try (Opened store = open(OPTIONS)) {
      long position = store.key("k", Durability.BUFFERED).update(value(100));
      assertThat(trace.first(0, trace.calls(), made -> isForceOf(made, dataFile(1)))).isNegative();
      store.core.awaitSynced(position);
      awaited = new Returned(position, trace.calls());
      segments = store.core.log().segments();
    }
    expectForced(awaited, segments);
  }

  @Test
  void forcesTheFilesOfANewStoreAndTheirNamesBeforeTheFirstUpdate() {
    int born;
    try (Opened store = open(OPTIONS)) {
      born = trace.calls();
    }
    for (Path file : List.of(files.identity(), files.catalogue(), files.durableMark())) {
      int moved = trace.first(0, born, made -> isMoveTo(made, file));
      assertThat(moved).as("%s is there", file).isNotNegative();
      Path aside = trace.made.get(moved).call().from();
      assertThat(trace.first(0, moved, made -> isForceOf(made, aside))).isNotNegative();
      expectNamed(file, moved, born);
    }
    for (Path directory : List.of(files.log(), files.directory(), files.directory().getParent())) {
      expectNamed(directory, trace.first(0, born, made -> isBirthOf(made, directory)), born);
    }
  }

  private void expectForced(Returned returned, List<SegmentInfo> segments) {
    SegmentInfo segment =
        segments.stream()
            .filter(one -> one.lastPosition() >= returned.position())
            .findFirst()
            .orElseThrow();
    Path file = dataFile(segment.number());
    Predicate<Made> covers =
        made -> isForceOf(made, file) && made.appended() >= returned.position();
    assertThat(trace.first(0, returned.calls(), covers))
        .as("force of %s", returned)
        .isNotNegative();
    int opened = trace.first(0, returned.calls(), made -> made.call().path().equals(file));
    expectNamed(file, opened, returned.calls());
    Path directory = files.segment(segment.number());
    int made = trace.first(0, returned.calls(), one -> isBirthOf(one, directory));
    expectNamed(directory, made, returned.calls());
  }

  /** A name is forced by a force of its directory, after it was given and before a moment. */
  private void expectNamed(Path path, int given, int moment) {
    assertThat(given).as("%s is given", path).isNotNegative();
    assertThat(trace.first(given, moment, made -> isForceOf(made, path.getParent())))
        .as("force of the name of %s", path)
        .isNotNegative();
  }

  private static boolean isForceOf(Made made, Path path) {
    return made.call().kind() == Call.Kind.FORCE && made.call().path().equals(path);
  }

  private static boolean isMoveTo(Made made, Path path) {
    return made.call().kind() == Call.Kind.MOVE && made.call().path().equals(path);
  }

  private static boolean isBirthOf(Made made, Path path) {
    return made.call().kind() == Call.Kind.MAKE_DIRECTORY && made.call().path().equals(path);
  }

  private Path dataFile(long segment) {
    try (Stream<Path> inside = Files.list(files.segment(segment))) {
      return inside.filter(file -> file.toString().endsWith(".cq4")).findFirst().orElseThrow();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Update value(int bytes) {
    return new Update.SetValue(Bytes.wrap(new byte[bytes]));
  }

  private Opened open(Options options) {
    Opening.Opened opened =
        Opening.open(files.directory(), Schema.empty(), options, new ObservedFiles(trace));
    trace.appended = opened.core().log()::appendedPosition;
    return new Opened(opened, opened.core());
  }

  /** An open store, below its facade. */
  private final class Opened implements AutoCloseable {
    private final Opening.Opened opened;
    private final StoreCore core;

    Opened(Opening.Opened opened, StoreCore core) {
      this.opened = opened;
      this.core = core;
    }

    StoreKey key(String key, Durability durability) {
      return new StoreKey(core, Bytes.utf8(key), durability);
    }

    Returned update(String key, int bytes) {
      long position = key(key, Durability.SYNCED).update(value(bytes));
      return new Returned(position, trace.calls());
    }

    Returned updateLargest() {
      long position =
          core.commit(
              Durability.SYNCED,
              transaction -> {
                for (int i = 0; i < LARGEST_IN_A_COMMIT; i++) {
                  transaction.update(Bytes.utf8("k" + i), value(LARGEST));
                }
              });
      return new Returned(position, trace.calls());
    }

    @Override
    public void close() {
      opened.close();
    }
  }
}
