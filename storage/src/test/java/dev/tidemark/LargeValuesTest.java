package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.LoadLimitException;
import dev.tidemark.error.MissingDataException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.blob.SweepReport;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.storage.repair.Repair;
import dev.tidemark.storage.repair.RepairEvent;
import dev.tidemark.storage.snapshot.Restore;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotCheck;
import dev.tidemark.storage.snapshot.SnapshotCopy;
import dev.tidemark.storage.snapshot.Snapshots;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Large values of a store: in and out, to others, and away when nothing refers to them. */
class LargeValuesTest {
  private static final Schema SCHEMA =
      Schema.of("r:", Strategy.LWW_REGISTER).and("m:", Strategy.LWW_MAP).and("s:", Strategy.OR_SET);
  private static final Codec<byte[]> RAW =
      new Codec<>() {
        @Override
        public byte[] encode(byte[] value) {
          return value;
        }

        @Override
        public byte[] decode(byte[] bytes) {
          return bytes;
        }
      };

  private static final int MIB = 1 << 20;
  private static final Bytes F = Bytes.utf8("f");

  @TempDir private Path parent;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private Tidemark open(String name) {
    return audit.open(parent.resolve(name), SCHEMA, options());
  }

  private static Options options() {
    return Options.defaults()
        .withCompactionBytesPerSecond(0)
        .withRetention(Retention.byCommandOnly())
        .withLoadLimit(4 * MIB);
  }

  private static byte[] content(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static InputStream in(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  private static byte[] read(Tidemark store, String key) throws IOException {
    try (InputStream in = store.largeValues().read(key).orElseThrow()) {
      return in.readAllBytes();
    }
  }

  private long chunks(String name) throws IOException {
    try (Stream<Path> files = Files.walk(new StoreFiles(parent.resolve(name)).blobs())) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  /** Those of what is not referred to are gone. */
  private static SweepReport sweep(Tidemark store) {
    SweepReport report = store.largeValues().sweep();
    assertThat(report.completed()).isTrue();
    return report;
  }

  @Test
  void aLongValueGoesInAndOutByAnOrdinaryHandle() throws IOException {
    byte[] small = content(1, 64 << 10);
    byte[] large = content(2, 3 * MIB + 1);
    try (Tidemark store = Tidemark.open(parent.resolve("a"), SCHEMA, options())) {
      store.lwwRegister("r:small", RAW).set(small);
      assertThat(store.value("r:small")).isEqualTo(new Value.Register(Bytes.wrap(small)));
      store.lwwRegister("r:large", RAW).set(large);
      store.lwwMap("m:1", Codec.utf8(), RAW).put("f", large);
      store.lwwMap("m:1", Codec.utf8(), RAW).put("g", small);
      assertThat(store.value("r:large")).isInstanceOf(Value.Large.class);
    }
    // 3 whole chunks, the rest, and the list of them, for both.
    assertThat(chunks("a")).isEqualTo(5);
    Tidemark store = open("a");
    assertThat(store.lwwRegister("r:large", RAW).get()).hasValue(large);
    var map = store.lwwMap("m:1", Codec.utf8(), RAW);
    assertThat(map.get("f")).hasValue(large);
    assertThat(map.entries()).extracting(entry -> entry.getValue()).containsExactly(large, small);
    List<byte[]> seen = new ArrayList<>();
    map.forEach((field, value) -> seen.add(value));
    assertThat(seen).containsExactly(large, small);
  }

  @Test
  void aBatchWritesAndSeesItsOwnLargeValues() {
    byte[] large = content(1, MIB + 1);
    Tidemark store = open("a");
    store.commit(
        batch -> {
          batch.lwwRegister("r:1", RAW).set(large);
          batch.lwwMap("m:1", Codec.utf8(), RAW).put("f", large);
          assertThat(batch.lwwRegister("r:1", RAW).get()).hasValue(large);
        });
    assertThat(store.lwwMap("m:1", Codec.utf8(), RAW).get("f")).hasValue(large);
  }

  @Test
  void whatIsTooLongForMemoryIsReadAsAStreamAlone() throws IOException {
    byte[] huge = content(1, 5 * MIB);
    Tidemark store = open("a");
    long position = store.largeValues().put("r:1", in(huge));
    assertThat(position).isEqualTo(1);
    assertThatThrownBy(() -> store.lwwRegister("r:1", RAW).get())
        .isInstanceOf(LoadLimitException.class)
        .hasMessageContaining("largeValues().read");
    assertThat(read(store, "r:1")).isEqualTo(huge);
    store.largeValues().put("m:1", F, in(huge));
    try (InputStream in = store.largeValues().read("m:1", F).orElseThrow()) {
      assertThat(in.readAllBytes()).isEqualTo(huge);
    }
    assertThat(store.largeValues().read("r:none")).isEmpty();
    assertThat(store.largeValues().read("m:1", Bytes.utf8("none"))).isEmpty();
  }

  @Test
  void aStreamShowsShortValuesToo() throws IOException {
    Tidemark store = open("a");
    store.largeValues().put("r:1", in(new byte[0]));
    assertThat(read(store, "r:1")).isEmpty();
    store.lwwRegister("r:1", Codec.utf8()).set("x");
    assertThat(read(store, "r:1")).isEqualTo(new byte[] {'x'});
  }

  @Test
  void aSourceThatFailsHalfWayLeavesTheKeyAsItWas() {
    Tidemark store = open("a");
    store.lwwRegister("r:1", Codec.utf8()).set("before");
    InputStream failing =
        new InputStream() {
          private int left = 2 * MIB;

          @Override
          public int read() throws IOException {
            if (left-- == 0) {
              throw new IOException("source failed");
            }
            return 7;
          }
        };
    assertThatThrownBy(() -> store.largeValues().put("r:1", failing))
        .hasMessageContaining("source failed");
    assertThat(store.lwwRegister("r:1", Codec.utf8()).get()).hasValue("before");
    LargeOutput given = store.largeValues().write("r:1");
    given.write(content(1, 100), 0, 100);
    given.abandon();
    given.close();
    assertThatThrownBy(given::position).isInstanceOf(IllegalStateException.class);
    assertThat(store.lwwRegister("r:1", Codec.utf8()).get()).hasValue("before");
    assertThat(sweep(store).kept()).isZero();
  }

  @Test
  void otherStrategiesHaveNoLargeValues() {
    Tidemark store = open("a");
    assertThatThrownBy(() -> store.largeValues().write("s:1"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.largeValues().write("r:1", F))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.largeValues().read("m:1"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aReferenceIsCommittedOnlyIfItsDataIsHere() throws IOException {
    Tidemark store = open("a");
    Tidemark other = open("b");
    store.largeValues().put("r:1", in(content(1, 2 * MIB)));
    Value.Large large = (Value.Large) store.value("r:1");

    store.update("r:2", new Update.SetLarge(large.value()));
    assertThat(read(store, "r:2")).isEqualTo(content(1, 2 * MIB));
    assertThatThrownBy(() -> other.update("r:2", new Update.SetLarge(large.value())))
        .isInstanceOf(MissingDataException.class);
    assertThat(other.vector()).isEqualTo(dev.tidemark.engine.causality.VersionVector.EMPTY);
  }

  @Test
  void anExchangeBringsTheDataAlong() throws IOException {
    Tidemark from = open("a");
    Tidemark to = open("b");
    from.largeValues().put("r:1", in(content(1, 3 * MIB)));
    from.largeValues().put("m:1", F, in(content(2, 100)));
    assertThat(pull(from, to)).isEqualTo(2);
    assertThat(read(to, "r:1")).isEqualTo(content(1, 3 * MIB));
    from.compact();
    Tidemark third = open("c");
    pull(from, third);
    assertThat(read(third, "r:1")).isEqualTo(content(1, 3 * MIB));
    from.truncate();
    Tidemark fourth = open("d");
    pull(from, fourth);
    assertThat(read(fourth, "r:1")).isEqualTo(content(1, 3 * MIB));
    assertThat(sweep(fourth).removed()).isZero();
  }

  @Test
  void dataThatCameLaterIsWaitedFor() throws Exception {
    Tidemark from = open("a");
    Tidemark to = open("b");
    byte[] content = content(1, 2 * MIB + 5);
    from.largeValues().put("r:1", in(content));
    from.sync();
    try (CommitStream commits = from.commits(1)) {
      assertThat(commits.next()).isTrue();
      assertThat(to.accept(commits.bytes(), from.replicaId())).isTrue();
    }
    assertThatThrownBy(() -> read(to, "r:1")).isInstanceOf(MissingDataException.class);
    assertThatThrownBy(() -> to.lwwRegister("r:1", RAW).get())
        .isInstanceOf(MissingDataException.class);
    assertThat(to.largeValues().awaitData("r:1", Duration.ofMillis(1))).isFalse();
    Thread fetching = new Thread(() -> to.largeValues().fetch("r:1", from.largeValues().source()));
    fetching.start();
    assertThat(to.largeValues().awaitData("r:1", Duration.ofMinutes(1))).isTrue();
    fetching.join();
    assertThat(read(to, "r:1")).isEqualTo(content);
    assertThat(to.largeValues().fetch("r:1", from.largeValues().source())).isZero();
  }

  @Test
  void aSweepKeepsWhatLogStateAndSnapshotsReferTo() throws IOException {
    Tidemark store = open("a");
    store.largeValues().put("r:1", in(content(1, MIB)));
    Snapshot snapshot = store.snapshot();
    store.largeValues().put("r:1", in(content(2, MIB)));
    store.largeValues().put("r:2", in(content(3, MIB)));
    assertThat(sweep(store)).isEqualTo(new SweepReport(true, 0, 3, 0, 0));

    store.lwwRegister("r:2", RAW).delete();
    store.compact();
    // The log does not hold the deleted one any more; the first is held by the snapshot alone.
    assertThat(sweep(store).removed()).isEqualTo(1);
    assertThat(SnapshotCheck.runWithLargeValues(snapshot.directory(), m -> {}, () -> {}).isClean())
        .isTrue();
    store.snapshot();
    store.snapshot();
    assertThat(sweep(store).removed()).isEqualTo(1);
    assertThat(read(store, "r:1")).isEqualTo(content(2, MIB));
  }

  @Test
  void aReaderKeepsWhatItReads() throws IOException {
    Tidemark store = open("a");
    store.largeValues().put("r:1", in(content(1, 2 * MIB)));
    InputStream open = store.largeValues().read("r:1").orElseThrow();
    store.lwwRegister("r:1", RAW).delete();
    store.compact();
    Thread sweeper = new Thread(() -> sweep(store));
    sweeper.start();
    try (open) {
      assertThat(open.readAllBytes()).isEqualTo(content(1, 2 * MIB));
    }
    join(sweeper);
    assertThat(chunks("a")).isZero();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void copiesAndRestoresBringTheDataAlong() throws IOException {
    Path copies = parent.resolve("copies");
    Snapshot copy;
    try (Tidemark store = Tidemark.open(parent.resolve("a"), SCHEMA, options())) {
      store.largeValues().put("r:1", in(content(1, 2 * MIB)));
      store.largeValues().put("m:1", F, in(content(2, 70_000)));
      copy =
          new SnapshotCopy(store.snapshot(), DurableFiles.standard(), () -> {})
              .into(copies)
              .snapshot();
      assertThat(SnapshotCheck.runWithLargeValues(copy.directory(), m -> {}, () -> {}).isClean())
          .isTrue();
      store.lwwRegister("r:1", RAW).delete();
    }
    Restore.run(copy.directory(), parent.resolve("b"), false);
    Tidemark restored = open("b");
    assertThat(read(restored, "r:1")).isEqualTo(content(1, 2 * MIB));
    assertThat(restored.lwwMap("m:1", Codec.utf8(), RAW).get("f")).hasValue(content(2, 70_000));

    Path own = Snapshots.list(new StoreFiles(parent.resolve("a"))).get(0);
    Restore.run(own, parent.resolve("a"), true);
    assertThat(read(open("a"), "r:1")).isEqualTo(content(1, 2 * MIB));

    Path chunk = anyChunk(copy.directory());
    Files.delete(chunk);
    assertThat(SnapshotCheck.runWithLargeValues(copy.directory(), m -> {}, () -> {}).isClean())
        .isFalse();
  }

  @Test
  void aCopySaysWhatItLacksOfAValueThatIsIncompleteHere() throws IOException {
    Tidemark store = open("a");
    store.largeValues().put("r:1", in(content(1, 2 * MIB)));
    store.largeValues().put("r:2", in(content(2, 70_000)));
    Snapshot taken = store.snapshot();
    Files.delete(anyChunk(parent.resolve("a")));
    SnapshotCopy copier = new SnapshotCopy(taken, DurableFiles.standard(), () -> {});
    SnapshotCopy.Copied copied = copier.into(parent.resolve("copies"));

    assertThat(copied.largeValues().values()).isEqualTo(2);
    assertThat(copied.largeValues().incomplete()).isEqualTo(1);
    assertThat(copied.largeValues().missing()).isEqualTo(1);
    assertThat(
            SnapshotCheck.runWithLargeValues(copied.snapshot().directory(), found -> {}, () -> {})
                .largeValues())
        .isEqualTo(copied.largeValues());
  }

  @Test
  @Timeout(60)
  void theStoreSweepsByItselfWhatFoldingTheLogHasFreed() throws IOException {
    Options sweeping = options().withRetention(Retention.defaults());
    try (Tidemark store = audit.open(parent.resolve("a"), SCHEMA, sweeping)) {
      store.largeValues().put("r:1", in(content(1, 2 * MIB)));
      store.largeValues().put("r:2", in(content(2, 2 * MIB)));
      store.lwwRegister("r:1", RAW).delete();
      long before = chunks("a");
      store.compact();
      while (chunks("a") == before) {
        Thread.onSpinWait();
      }
      assertThat(read(store, "r:2")).isEqualTo(content(2, 2 * MIB));
    }
  }

  private static Path anyChunk(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(new StoreFiles(directory).blobs())) {
      return files.filter(Files::isRegularFile).sorted().findFirst().orElseThrow();
    }
  }

  @Test
  void whatIsMissingOrDamagedIsToldAndMayComeFromAnotherStore() throws IOException {
    Path directory = parent.resolve("a");
    try (Tidemark store = Tidemark.open(directory, SCHEMA, options())) {
      store.largeValues().put("r:1", in(content(1, MIB)));
      store.largeValues().put("r:2", in(content(2, MIB)));
    }
    assertThat(verify(directory)).isEmpty();
    Path first = anyChunk(directory);
    byte[] bytes = Files.readAllBytes(first);
    bytes[bytes.length / 2] ^= 1;
    Files.write(first, bytes);
    assertThat(verify(directory))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.part()).isEqualTo(Finding.Part.LARGE_VALUE);
              assertThat(finding.actual()).contains("damaged");
            });
    Files.delete(first);
    assertThat(verify(directory))
        .singleElement()
        .satisfies(finding -> assertThat(finding.actual()).contains("missing"));

    List<RepairEvent> events = new ArrayList<>();
    Repair.run(directory, parent.resolve("repaired"), events::add);
    assertThat(events).singleElement().isInstanceOf(RepairEvent.IncompleteValue.class);
    Tidemark repaired = open("repaired");
    assertThat(
            Stream.of("r:1", "r:2")
                .filter(
                    key -> {
                      try {
                        return read(repaired, key).length == MIB;
                      } catch (MissingDataException | DamagedException e) {
                        return false;
                      } catch (IOException e) {
                        throw new AssertionError(e);
                      }
                    }))
        .hasSize(1);
  }

  private List<Finding> verify(Path directory) {
    List<Finding> findings = new ArrayList<>();
    Verification.run(directory, parent.resolve("scratch"), findings::add);
    return findings;
  }
}
