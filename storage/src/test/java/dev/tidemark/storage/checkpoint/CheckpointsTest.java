package dev.tidemark.storage.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.checkpoint.CheckpointRestore.Restored;
import dev.tidemark.storage.fault.FailingCall;
import dev.tidemark.storage.fault.FailingCall.Mode;
import dev.tidemark.storage.fault.MemoryDirectory;
import dev.tidemark.storage.fault.ObservedFiles;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.Trees;
import dev.tidemark.storage.snapshot.Snapshot;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
  private static final Schema SCHEMA =
      Schema.of("s:", Strategy.OR_SET).and("n:", Strategy.PN_COUNTER);
  private static final int STEP = Boolean.getBoolean("tidemark.nightly") ? 1 : 31;
  private static final List<Long> MEMBERS = List.of(1L, 2L, 3L);

  @TempDir(factory = MemoryDirectory.class)
  static Path shared;

  private static final Map<Long, Path> SNAPSHOTS = new LinkedHashMap<>();

  @TempDir(factory = MemoryDirectory.class)
  private Path dir;

  private Path checkpointsDirectory;
  private Checkpoints checkpoints;

  @BeforeAll
  static void takeSnapshotsOfThreeStores() {
    List<Tidemark> stores = new ArrayList<>();
    for (long member : MEMBERS) {
      Options options = Options.defaults().withReplicaId(member).withClock(() -> 1_000);
      Tidemark store = Tidemark.open(shared.resolve("store-" + member), SCHEMA, options);
      store.update("s:1", new Update.Add(Bytes.utf8("by " + member)));
      store.update("n:1", new Update.Increment(member));
      stores.add(store);
    }
    exchange(stores);
    stores.get(2).update("s:1", new Update.Remove(Bytes.utf8("by 1")));
    exchange(stores);
    for (Tidemark store : stores) {
      SNAPSHOTS.put(MEMBERS.get(stores.indexOf(store)), store.snapshot().directory());
      store.close();
    }
  }

  @BeforeEach
  void begin() {
    checkpointsDirectory = dir.resolve("checkpoints");
    checkpoints = new Checkpoints(checkpointsDirectory);
  }

  /** Twice, so that what the first got from the last goes on to the others. */
  private static void exchange(List<Tidemark> stores) {
    for (int round = 0; round < 2; round++) {
      for (Tidemark from : stores) {
        for (Tidemark to : stores) {
          if (from != to) {
            try (Exchange exchange = new Exchange(from, to)) {
              exchange.pull();
            }
          }
        }
      }
    }
  }

  private void submitAll() {
    checkpoints.begin("c1", MEMBERS);
    SNAPSHOTS.values().forEach(snapshot -> checkpoints.submit("c1", snapshot));
  }

  @Test
  void aSetOfStoresIsRestoredUnderNewIdsAndConverges() {
    submitAll();
    ClusterCheckpoint checkpoint = checkpoints.load("c1");
    assertThat(checkpoint.isComplete()).isTrue();
    assertThat(checkpoint.isUniform()).isTrue();
    assertThat(checkpoints.list()).containsExactly("c1");

    List<Restored> made = CheckpointRestore.run(checkpoints.check("c1"), dir.resolve("again"));
    assertThat(made).extracting(Restored::member).containsExactlyElementsOf(MEMBERS);
    Set<Long> ids = new TreeSet<>(MEMBERS);
    List<Tidemark> stores = new ArrayList<>();
    for (Restored restored : made) {
      assertThat(ids.add(restored.identity().replicaId())).isTrue();
      assertThat(restored.wasThere()).isFalse();
      stores.add(Tidemark.open(restored.directory(), SCHEMA, Options.defaults()));
    }
    for (Tidemark store : stores) {
      store.update("s:1", new Update.Add(Bytes.utf8("new " + stores.indexOf(store))));
      store.update("n:1", new Update.Increment(10));
    }
    exchange(stores);
    for (Tidemark store : stores) {
      assertThat(store.value("n:1")).isEqualTo(new Value.Counter(BigInteger.valueOf(36)));
      assertThat(store.value("s:1"))
          .isEqualTo(
              new Value.Elements(
                  Stream.of("by 2", "by 3", "new 0", "new 1", "new 2").map(Bytes::utf8).toList()));
      store.close();
    }
  }

  /** Their logs begin behind the snapshots: what one lacks of another comes with its state. */
  @Test
  void snapshotsOfDifferentMomentsMakeStoresThatGiveEachOtherWhatTheyLack() {
    checkpoints.begin("c1", List.of(11L, 12L));
    for (long member : List.of(11L, 12L)) {
      Options options = Options.defaults().withReplicaId(member).withClock(() -> 1_000);
      try (Tidemark store = Tidemark.open(dir.resolve("alone-" + member), SCHEMA, options)) {
        store.update("n:1", new Update.Increment(member));
        checkpoints.submit("c1", store.snapshot().directory());
        store.update("n:1", new Update.Increment(100));
      }
    }
    assertThat(checkpoints.load("c1").isUniform()).isFalse();
    List<Tidemark> stores = new ArrayList<>();
    CheckpointRestore.run(checkpoints.check("c1"), dir.resolve("again"))
        .forEach(made -> stores.add(Tidemark.open(made.directory(), SCHEMA, Options.defaults())));
    exchange(stores);
    for (Tidemark store : stores) {
      assertThat(store.value("n:1")).isEqualTo(new Value.Counter(BigInteger.valueOf(23)));
      store.close();
    }
  }

  @Test
  void theCheckpointOutlivesTheSnapshotsThatWereSubmitted() {
    checkpoints.begin("c1", List.of(2L));
    Path snapshot = copied(2);
    checkpoints.submit("c1", snapshot);
    Trees.delete(snapshot);

    assertThat(checkpoints.check("c1").snapshots()).containsOnlyKeys(2L);
  }

  private Path copied(long member) {
    Path copy = dir.resolve(SNAPSHOTS.get(member).getFileName());
    Trees.copy(SNAPSHOTS.get(member), copy);
    return copy;
  }

  @Test
  void aRootThatTheSnapshotDoesNotHaveIsRefusedWithBothValues() {
    checkpoints.begin("c1", MEMBERS);
    Submission true1 = Submission.of(Snapshot.read(SNAPSHOTS.get(1L)).manifest());
    byte[] root = true1.root().array().clone();
    root[0] ^= 1;
    Submission false1 =
        new Submission(
            1,
            true1.storeId(),
            true1.snapshot(),
            true1.position(),
            true1.vector(),
            true1.floor(),
            Bytes.wrap(root));

    assertThatThrownBy(() -> checkpoints.accept("c1", false1, SNAPSHOTS.get(1L)))
        .isInstanceOf(CheckpointRefusedException.class)
        .hasMessageContaining(true1.rootText())
        .hasMessageContaining(false1.rootText());
    assertThat(checkpoints.load("c1").submissions()).isEmpty();
  }

  @Test
  void aDamagedSnapshotIsRefusedAndNothingIsKeptOfIt() throws IOException {
    checkpoints.begin("c1", MEMBERS);
    Path snapshot = copied(2);
    damageTable(snapshot);

    assertThatThrownBy(() -> checkpoints.submit("c1", snapshot))
        .isInstanceOf(DamagedException.class);
    assertThat(checkpoints.load("c1").submissions()).isEmpty();
    assertThat(checkpointsDirectory.resolve("c1").resolve("2")).doesNotExist();
  }

  private static void damageTable(Path snapshot) throws IOException {
    try (var files = Files.list(snapshot.resolve("data"))) {
      Path table = files.filter(file -> file.toString().endsWith(".sst")).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(table);
      bytes[bytes.length / 2] ^= 1;
      Files.write(table, bytes);
    }
  }

  @Test
  void anIncompleteCheckpointIsNotRestored() {
    checkpoints.begin("c1", MEMBERS);
    checkpoints.submit("c1", SNAPSHOTS.get(1L));

    assertThatThrownBy(() -> checkpoints.check("c1"))
        .isInstanceOf(CheckpointRefusedException.class)
        .hasMessageContaining("missing=2, 3");
    assertThatThrownBy(() -> checkpoints.check("none"))
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageContaining("no such checkpoint");
  }

  @Test
  void copiesOfTwoMembersThatAreSwappedAreFoundOut() throws IOException {
    submitAll();
    Path files = checkpointsDirectory.resolve("c1");
    Files.move(files.resolve("1"), files.resolve("x"));
    Files.move(files.resolve("2"), files.resolve("1"));
    Files.move(files.resolve("x"), files.resolve("2"));

    assertThatThrownBy(() -> checkpoints.check("c1"))
        .isInstanceOf(CheckpointRefusedException.class)
        .hasMessageContaining("expected=replica 1,")
        .hasMessageContaining("actual=replica 2,");
  }

  @Test
  void aCopyThatIsLostOrDamagedIsFoundOutBeforeAnythingIsRestored() throws IOException {
    submitAll();
    Path copy = checkpointsDirectory.resolve("c1").resolve("3");
    damageTable(copy.resolve(SNAPSHOTS.get(3L).getFileName()));
    assertThatThrownBy(() -> checkpoints.check("c1")).isInstanceOf(DamagedException.class);

    Trees.delete(copy);
    assertThatThrownBy(() -> checkpoints.check("c1"))
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("copy of a snapshot is missing");
  }

  @Test
  void beginsOnceAndNotWithOtherMembers() {
    ClusterCheckpoint begun = checkpoints.begin("c1", MEMBERS);

    assertThat(checkpoints.begin("c1", List.of(3L, 2L, 1L))).isEqualTo(begun);
    assertThatThrownBy(() -> checkpoints.begin("c1", List.of(1L)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Ends the work at one call to the disk after the other, then does it again. */
  @Test
  void whereverItIsInterruptedItCanBeDoneAgain() {
    int interrupted = 0;
    FailingCall failing;
    int nth = 1;
    do {
      failing = new FailingCall(nth, Mode.FOR_GOOD, call -> true);
      Path at = dir.resolve("at-" + nth);
      boolean done = submitAndRestore(at, new ObservedFiles(failing));
      assertThat(done).as("call %s", nth).isNotEqualTo(failing.hasFailed());
      interrupted += failing.isReached() ? 1 : 0;
      assertThat(submitAndRestore(at, DurableFiles.standard())).as("again, %s", nth).isTrue();
      expectWhole(at);
      nth += STEP;
    } while (failing.isReached());
    System.out.println("interrupted " + interrupted + " times, of " + (nth - STEP) + " calls");
    assertThat(interrupted).isGreaterThan(5);
  }

  private boolean submitAndRestore(Path at, DurableFiles disk) {
    Checkpoints there = new Checkpoints(at, disk);
    try {
      there.begin("c1", List.of(1L, 2L));
      there.submit("c1", SNAPSHOTS.get(1L));
      there.submit("c1", SNAPSHOTS.get(2L));
      CheckpointRestore.run(there.check("c1"), at.resolve("stores"), disk);
      return true;
    } catch (TidemarkException e) {
      return false;
    }
  }

  private static void expectWhole(Path at) {
    for (Restored restored :
        CheckpointRestore.run(new Checkpoints(at).check("c1"), at.resolve("stores"))) {
      assertThat(restored.wasThere()).isTrue();
      try (Tidemark store = Tidemark.open(restored.directory(), SCHEMA, Options.defaults())) {
        assertThat(store.value("n:1")).isEqualTo(new Value.Counter(BigInteger.valueOf(6)));
      }
    }
  }
}
