package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.StoreLockedException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.fault.MemoryDirectory;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.Trees;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.storage.snapshot.Restore;
import dev.tidemark.storage.snapshot.RestoreReport;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotCheck;
import dev.tidemark.storage.snapshot.SnapshotCopy;
import dev.tidemark.storage.snapshot.SnapshotReport;
import dev.tidemark.storage.snapshot.Snapshots;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
  private static final int FILLED = 30;
  private static final int MORE = 10;

  @TempDir(factory = MemoryDirectory.class)
  private Path parent;

  @RegisterExtension final StoreAudit audit = new StoreAudit();
  private Path dir;
  private StoreFiles files;

  @BeforeEach
  void name() {
    dir = parent.resolve("store");
    files = new StoreFiles(dir);
  }

  private Tidemark open(Path directory) {
    return audit.open(directory, NumberedCommits.SCHEMA, NumberedCommits.OPTIONS);
  }

  private static void write(Tidemark store, long from, long to) {
    for (long number = from; number <= to; number++) {
      NumberedCommits.write(store, number, 100, Durability.BUFFERED);
    }
  }

  /** A store with a snapshot of its first commits, and some more. */
  private Snapshot fill() {
    try (Tidemark store = open(dir)) {
      write(store, 1, FILLED);
      Snapshot snapshot = store.snapshot();
      write(store, FILLED + 1, FILLED + MORE);
      return snapshot;
    }
  }

  private static SnapshotReport check(Path snapshot) {
    return SnapshotCheck.run(snapshot, found -> {}, () -> {});
  }

  private static Map<String, Value> values(Tidemark store) {
    Map<String, Value> values = new TreeMap<>();
    for (Strategy strategy : Strategy.values()) {
      for (int key = 0; key <= 2; key++) {
        String name = EveryStrategy.key(strategy, key);
        values.put(name, store.value(name));
      }
    }
    return values;
  }

  @Test
  void holdsWhatTheStoreHeldWhateverComesAfterIt() {
    Snapshot snapshot = fill();
    assertThat(snapshot.position()).isEqualTo(FILLED);
    SnapshotReport report = check(snapshot.directory());
    assertThat(report.isClean()).isTrue();
    assertThat(report.audit().keys()).isPositive();
    assertThat(Snapshots.list(files)).containsExactly(snapshot.directory());
    assertThat(Verification.run(dir, parent.resolve("scratch"), found -> {}).snapshots())
        .isEqualTo(1);
  }

  @Test
  void isRestoredIntoANewDirectoryAndMeetsTheStoreItIsOf() {
    Snapshot snapshot = fill();
    Path again = parent.resolve("somewhere/else");
    RestoreReport report = Restore.run(snapshot.directory(), again, false);
    assertThat(report.position()).isEqualTo(FILLED);
    assertThat(report.setAside()).isEmpty();
    Tidemark store = open(dir);
    Tidemark restored = open(again);
    assertThat(restored.replicaId()).isNotEqualTo(store.replicaId());
    NumberedCommits.expectExactly(restored, FILLED);
    assertThat(restored.vector().get(store.replicaId())).isEqualTo(5L * FILLED);
    try (Exchange exchange = new Exchange(store, restored)) {
      exchange.pull();
    }
    NumberedCommits.expectExactly(restored, FILLED + MORE);
    write(restored, FILLED + MORE + 1, FILLED + 2 * MORE);
    assertThat(restored.vector().get(restored.replicaId())).isEqualTo(5L * MORE);
    restored.sync();
    try (CommitStream stream = restored.commits(restored.status().firstPosition())) {
      while (stream.next()) {
        store.accept(stream.bytes(), restored.replicaId());
      }
    }
    NumberedCommits.expectExactly(store, FILLED + 2 * MORE);
  }

  @Test
  void takesThePlaceOfItsStoreAndNothingOfThatIsDeleted() {
    Snapshot snapshot = fill();
    Snapshot later;
    long old;
    try (Tidemark store = open(dir)) {
      later = store.snapshot();
      old = store.replicaId();
    }
    RestoreReport report = Restore.run(snapshot.directory(), dir, true);
    assertThat(report.setAside())
        .extracting(path -> path.getFileName().toString())
        .containsExactly("state-1", "log-1", later.files().name() + "-1");
    assertThat(report.setAside()).allMatch(Files::isDirectory);
    assertThat(Snapshots.list(files)).containsExactly(snapshot.directory());
    try (Tidemark store = open(dir)) {
      NumberedCommits.expectExactly(store, FILLED);
      assertThat(store.replicaId()).isNotEqualTo(old);
      assertThat(store.status().firstPosition()).isEqualTo(FILLED + 1);
      write(store, FILLED + 1, FILLED + 1);
    }
    Tidemark store = open(dir);
    NumberedCommits.expectExactly(store, FILLED + 1);
    assertThat(store.recovery().found()).isEqualTo("clean");
  }

  @Test
  void takesThePlaceOfAStoreOfWhichHardlyAnythingIsLeft() {
    Snapshot snapshot = fill();
    Trees.delete(files.state());
    Trees.delete(files.log());
    Trees.write(files.identity(), new byte[] {1, 2, 3});
    Restore.run(snapshot.directory(), dir, true);
    NumberedCommits.expectExactly(open(dir), FILLED);
  }

  @Test
  void keepsSoManyOfTheNewest() {
    Retention two = Retention.defaults().withKeepSnapshots(2);
    try (Tidemark store =
        audit.open(dir, NumberedCommits.SCHEMA, NumberedCommits.OPTIONS.withRetention(two))) {
      for (int i = 1; i <= 4; i++) {
        write(store, i, i);
        store.snapshot();
      }
    }
    assertThat(Snapshots.list(files)).extracting(Snapshots::position).containsExactly(4L, 3L);
  }

  @Test
  void oneThatWasNotFinishedIsNoneAndIsRemovedByTheNextOpen() throws IOException {
    Snapshot snapshot = fill();
    Path unfinished = files.snapshots().resolve("tmp-0123456789abcdef");
    Files.move(snapshot.directory(), unfinished);
    assertThat(Snapshots.list(files)).isEmpty();
    assertThatThrownBy(() -> check(unfinished))
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageContaining("its name says that it was not finished");
    assertThatThrownBy(() -> Restore.run(unfinished, parent.resolve("new"), false))
        .isInstanceOf(StoreUnusableException.class);
    open(dir);
    assertThat(unfinished).doesNotExist();
  }

  /** Every file of it, with a byte changed, cut, gone, and one too many. */
  @Test
  void whateverIsDamagedIsFoundAndNothingIsRestoredOfIt() throws IOException {
    Snapshot snapshot = fill();
    SplittableRandom random = new SplittableRandom(1);
    List<Path> all = new ArrayList<>(Trees.below(snapshot.files().data()));
    all.add(snapshot.files().manifest());
    int damages = 0;
    for (Path file : all) {
      byte[] bytes = Trees.read(file);
      for (byte[] damaged : damages(bytes, random)) {
        // The file is a link: what is written to it is written to the state as well.
        Files.delete(file);
        Files.write(file, damaged);
        refuses(snapshot);
        damages++;
      }
      Files.delete(file);
      refuses(snapshot);
      Files.write(file, bytes);
    }
    assertThat(damages).isGreaterThan(8);
    Files.write(snapshot.files().data().resolve("another"), new byte[] {1});
    refuses(snapshot);
    Files.delete(snapshot.files().data().resolve("another"));
    assertThat(check(snapshot.directory()).isClean()).isTrue();
  }

  private static List<byte[]> damages(byte[] bytes, SplittableRandom random) {
    if (bytes.length == 0) {
      return List.of(new byte[] {0});
    }
    byte[] flipped = bytes.clone();
    flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    return List.of(flipped, Arrays.copyOf(bytes, bytes.length / 2));
  }

  private void refuses(Snapshot snapshot) {
    Path target = parent.resolve("never");
    assertThatThrownBy(() -> Restore.run(snapshot.directory(), target, false))
        .isInstanceOf(TidemarkException.class);
    assertThat(target).doesNotExist();
    Map<String, Integer> before = Trees.contents(dir);
    assertThatThrownBy(() -> Restore.run(snapshot.directory(), dir, true))
        .isInstanceOf(TidemarkException.class);
    assertThat(Trees.contents(dir)).isEqualTo(before);
    List<String> told = new ArrayList<>();
    Verification.run(dir, parent.resolve("scratch"), found -> told.add(found.toString()));
    assertThat(told).isNotEmpty().allMatch(finding -> finding.contains("part=SNAPSHOT"));
  }

  @Test
  void refusesAnotherStoresPlaceAUsedDirectoryAndAnOpenStore() throws IOException {
    Snapshot snapshot = fill();
    Path other = parent.resolve("other");
    open(other).close();
    assertThatThrownBy(() -> Restore.run(snapshot.directory(), other, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("snapshot is of another store");
    assertThatThrownBy(() -> Restore.run(snapshot.directory(), other, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("directory is in use already");
    Path used = parent.resolve("used");
    Files.createDirectory(used);
    Files.createFile(used.resolve("file"));
    assertThatThrownBy(() -> Restore.run(snapshot.directory(), used, true))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> Restore.run(snapshot.directory(), snapshot.directory().resolve("new"), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("target is inside the snapshot");
    Tidemark store = open(dir);
    assertThatThrownBy(() -> Restore.run(snapshot.directory(), dir, true))
        .isInstanceOf(StoreLockedException.class);
    NumberedCommits.expectExactly(store, FILLED + MORE);
  }

  @Test
  void aCopyHoldsTheSameAndSharesNothing() throws IOException {
    Snapshot snapshot = fill();
    SnapshotCopy copier = new SnapshotCopy(snapshot, DurableFiles.standard(), () -> {});
    Path backup = parent.resolve("backup/of/a");
    Snapshot copy = copier.into(backup).snapshot();
    assertThat(copy.manifest().roots()).isEqualTo(snapshot.manifest().roots());
    for (Path file : Trees.below(copy.files().data())) {
      assertThat((int) Files.getAttribute(file, "unix:nlink")).isEqualTo(1);
    }
    assertThatThrownBy(() -> copier.into(backup))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("snapshot is there already");
    Trees.delete(dir);
    audit.expectDamage(dir);
    Path again = parent.resolve("again");
    Restore.run(copy.directory(), again, false);
    NumberedCommits.expectExactly(open(again), FILLED);
  }

  @Test
  void storesThatHoldTheSameHaveTheSameRoots() {
    Tidemark a = audit.open(dir);
    Tidemark b = audit.open(parent.resolve("b"));
    for (Strategy strategy : Strategy.values()) {
      for (int i = 0; i < 20; i++) {
        Tidemark store = i % 2 == 0 ? a : b;
        store.update(
            EveryStrategy.key(strategy, i % 3), EveryStrategy.update(strategy, i, i % 5, i));
      }
    }
    try (Exchange there = new Exchange(a, b);
        Exchange back = new Exchange(b, a)) {
      there.pull();
      back.pull();
    }
    Snapshot ofA = a.snapshot();
    Snapshot ofB = b.snapshot();
    assertThat(values(a)).isEqualTo(values(b));
    assertThat(ofA.manifest().roots()).isEqualTo(ofB.manifest().roots());
    a.update(
        EveryStrategy.key(Strategy.LWW_REGISTER, 0),
        EveryStrategy.update(Strategy.LWW_REGISTER, 0, 1, 1));
    assertThat(a.snapshot().manifest().roots()).isNotEqualTo(ofB.manifest().roots());
  }

  @Test
  void isWholeWhileWritersWrite() throws Exception {
    Path again = parent.resolve("again");
    AtomicBoolean enough = new AtomicBoolean();
    Snapshot snapshot;
    try (Tidemark store = open(dir);
        Tasks tasks = new Tasks()) {
      Future<Long> writer =
          tasks.start(
              () -> {
                long number = 0;
                while (!enough.get()) {
                  NumberedCommits.write(store, ++number, 200, Durability.BUFFERED);
                }
                return number;
              });
      do {
        snapshot = store.snapshot();
      } while (snapshot.position() < 200);
      enough.set(true);
      assertThat(snapshot.position()).isLessThanOrEqualTo(Tasks.get(writer));
    }
    assertThat(check(snapshot.directory()).isClean()).isTrue();
    Restore.run(snapshot.directory(), again, false);
    NumberedCommits.expectExactly(open(again), snapshot.position());
  }

  @Test
  void aReplicaIdThatItsStoreEverHadStaysItsOwn() {
    Snapshot snapshot = fill();
    long first = Identity.read(files).orElseThrow().replicaId();
    Restore.run(snapshot.directory(), dir, true);
    Restore.run(snapshot.directory(), dir, true);
    Identity identity = Identity.read(files).orElseThrow();
    assertThat(identity.formerReplicaIds()).hasSize(2).startsWith(first);
    assertThat(identity.isOrWas(first)).isTrue();
    assertThat(
            audit
                .open(dir, NumberedCommits.SCHEMA, Options.defaults().withReplicaId(first))
                .replicaId())
        .isEqualTo(identity.replicaId());
  }

  @Test
  void isRefusedInACommitAndAfterAClose() {
    Tidemark store = open(dir);
    assertThatThrownBy(() -> store.commit(batch -> store.snapshot()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("snapshot inside a commit");
    store.close();
    assertThatThrownBy(store::snapshot)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("store is closed");
    assertThat(Snapshots.list(files)).isEmpty();
  }

  @Test
  void tellsADamagedManifestFromOneThatIsMissing() throws IOException {
    Snapshot snapshot = fill();
    Path manifest = snapshot.files().manifest();
    byte[] bytes = Files.readAllBytes(manifest);
    Files.write(manifest, Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(() -> check(snapshot.directory())).isInstanceOf(DamagedException.class);
    Files.delete(manifest);
    assertThatThrownBy(() -> check(snapshot.directory()))
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageStartingWith("directory is not a snapshot");
    Files.write(manifest, bytes);
  }
}
