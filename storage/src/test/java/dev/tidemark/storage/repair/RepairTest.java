package dev.tidemark.storage.repair;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.StoreLockedException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.file.Trees;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.storage.repair.RepairEvent.DamagedBytes;
import dev.tidemark.storage.repair.RepairEvent.IncompleteKey;
import dev.tidemark.storage.repair.RepairEvent.LeftOut;
import dev.tidemark.storage.repair.RepairEvent.LostPositions;
import dev.tidemark.storage.repair.RepairEvent.LostSequences;
import dev.tidemark.storage.repair.RepairReport.Basis;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepairTest {
  private static final Schema SCHEMA = Schema.of("s:", Strategy.OR_SET);
  private static final long OWN = 1;
  private static final long PEER = 2;

  @TempDir private Path dir;
  private final List<RepairEvent> events = new ArrayList<>();

  @Test
  void takesAllOfASoundStoreAndGivesItIdsOfItsOwn() throws IOException {
    try (Tidemark store = open("old", OWN)) {
      add(store, "a", 3);
    }

    RepairReport report = repair();

    assertThat(report.isComplete()).isTrue();
    assertThat(report.basis()).isEqualTo(Basis.LOG);
    assertThat(report.commits()).isEqualTo(3);
    assertThat(events).isEmpty();
    try (Tidemark repaired = reopen()) {
      assertThat(elements(repaired, "a")).containsExactly("a1", "a2", "a3");
      assertThat(repaired.replicaId()).isEqualTo(report.replicaId()).isNotEqualTo(OWN);
      assertThat(repaired.vector().get(OWN)).isEqualTo(3);
    }
  }

  @Test
  void theStateVouchesForWhatTheLogHasLost() throws IOException {
    try (Tidemark store = open("old", OWN)) {
      add(store, "a", 3);
      store.roll();
      add(store, "b", 2);
    }
    Trees.delete(segment(1));

    RepairReport report = repair();

    assertThat(report.isComplete()).as("%s", events).isTrue();
    assertThat(report.basis()).isEqualTo(Basis.STATE);
    assertThat(report.statePosition()).isEqualTo(5);
    assertThat(report.firstPosition()).as("what the log still has is kept for peers").isEqualTo(4);
    try (Tidemark repaired = reopen()) {
      assertThat(elements(repaired, "a")).hasSize(3);
      assertThat(elements(repaired, "b")).hasSize(2);
      add(repaired, "c", 1);
      assertThat(repaired.status().appendedPosition()).isEqualTo(6);
    }
  }

  @Test
  void takesBehindAHoleWhatBuildsOnNothingInIt() throws IOException {
    try (Tidemark store = open("old", OWN);
        Tidemark peer = open("peer", PEER)) {
      add(store, "a", 2);
      add(peer, "p", 1);
      pull(peer, store);
      add(store, "b", 1);
      add(peer, "q", 1);
      pull(peer, store);
    }
    Trees.delete(dir.resolve("old/state"));
    Path file = dataFile(segment(1));
    long at = flip(file, "a2");

    RepairReport report = repair();

    assertThat(report.isComplete()).isFalse();
    assertThat(report.basis()).isEqualTo(Basis.LOG);
    assertThat(of(DamagedBytes.class))
        .anySatisfy(
            damage -> {
              assertThat(damage.file()).isEqualTo(file);
              assertThat(at).isBetween(damage.from(), damage.to());
            });
    assertThat(of(LostPositions.class)).containsExactly(new LostPositions(2, 2));
    assertThat(of(LostSequences.class)).containsExactly(new LostSequences(OWN, 2, 3));
    assertThat(of(LeftOut.class))
        .singleElement()
        .satisfies(
            left -> {
              assertThat(left.position()).isEqualTo(4);
              assertThat(left.origin()).isEqualTo(OWN);
              assertThat(left.keys()).containsExactly(Bytes.utf8("s:b"));
              assertThat(left.why()).contains("gap");
            });
    try (Tidemark repaired = reopen()) {
      assertThat(elements(repaired, "a")).containsExactly("a1");
      assertThat(elements(repaired, "p")).containsExactly("p1");
      assertThat(elements(repaired, "q")).containsExactly("q1");
      assertThat(elements(repaired, "b")).isEmpty();
    }
  }

  @Test
  void getsBackFromAPeerWhatWasLost() throws IOException {
    try (Tidemark store = open("old", OWN);
        Tidemark peer = open("peer", PEER)) {
      add(store, "a", 3);
      pull(store, peer);
    }
    Trees.delete(dir.resolve("old/state"));
    flip(dataFile(segment(1)), "a2");
    repair();

    try (Tidemark repaired = reopen();
        Tidemark peer = open("peer", PEER)) {
      add(repaired, "new", 1);
      pull(peer, repaired);
      pull(repaired, peer);
      assertThat(elements(repaired, "a")).containsExactly("a1", "a2", "a3");
      assertThat(repaired.vector()).isEqualTo(peer.vector());
      assertThat(elements(peer, "new")).containsExactly("new1");
    }
  }

  @Test
  void namesTheKeysThatADamagedStateStillNames() throws IOException {
    try (Tidemark store = open("old", OWN)) {
      add(store, "a", 2);
      add(store, "yonder", 2);
    }
    flip(dataFile(segment(1)), "yonder1");
    long broken = 0;
    for (Path table : tables()) {
      // Longer than what the ids and times that each table carries may happen to hold. In the
      // middle of the records of the key that
      // sorts last: the one before stays readable.
      if (new String(Files.readAllBytes(table), StandardCharsets.ISO_8859_1).contains("yonder2")) {
        flip(table, "yonder2");
        broken++;
      }
    }
    assertThat(broken).isEqualTo(1);

    RepairReport report = repair();

    assertThat(report.basis()).isEqualTo(Basis.LOG);
    assertThat(report.isComplete()).isFalse();
    assertThat(of(RepairEvent.DamagedState.class)).isNotEmpty();
    assertThat(of(IncompleteKey.class))
        .extracting(IncompleteKey::key)
        .doesNotContain(Bytes.utf8("s:a"));
  }

  @Test
  void leavesOutTheCommitsOfAnotherStoreThatLieInTheLog() throws IOException {
    try (Tidemark other = open("other", PEER)) {
      add(other, "foreign", 3);
    }
    try (Tidemark store = open("old", OWN)) {
      add(store, "a", 3);
    }
    Files.write(dataFile(segment(1)), Files.readAllBytes(dataFile(dir.resolve("other/log"))));

    RepairReport report = repair();

    assertThat(report.basis()).isEqualTo(Basis.STATE);
    assertThat(report.isComplete()).as("the state has it all: %s", events).isTrue();
    try (Tidemark repaired = reopen()) {
      assertThat(elements(repaired, "a")).hasSize(3);
      assertThat(elements(repaired, "foreign")).isEmpty();
    }
  }

  @Test
  void repairsADirectoryWithoutIdentityMarkAndCatalogue() throws IOException {
    try (Tidemark store = open("old", OWN)) {
      add(store, "a", 3);
    }
    Files.delete(dir.resolve("old/IDENTITY"));
    Files.delete(dir.resolve("old/DURABLE-MARK"));
    Files.delete(dir.resolve("old/log/CATALOGUE"));

    RepairReport report = repair();

    assertThat(report.isComplete()).isTrue();
    assertThat(report.damages()).isEqualTo(3);
    try (Tidemark repaired = reopen()) {
      assertThat(elements(repaired, "a")).hasSize(3);
    }
  }

  @Test
  void tellsThatAllIsLostWhereNothingIsLeft() throws IOException {
    try (Tidemark store = open("old", OWN)) {
      add(store, "a", 3);
    }
    Trees.delete(dir.resolve("old/log"));
    Trees.delete(dir.resolve("old/state"));

    assertThat(repair().isComplete()).isFalse();

    assertThat(of(LostPositions.class)).containsExactly(new LostPositions(1, 3));
    reopen().close();
  }

  @Test
  void isNoStoreUntilItIsWhole() throws IOException {
    try (Tidemark store = open("old", OWN)) {
      add(store, "a", 3);
    }
    repair();
    // The last that a repair writes: what a crash leaves before it is all but this.
    Files.delete(dir.resolve("new/IDENTITY"));

    assertThatThrownBy(() -> Tidemark.open(dir.resolve("new"), SCHEMA))
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("identity is missing");
  }

  @Test
  void refusesWhatItCannotReadOrMayNotWrite() throws IOException {
    Files.createDirectories(dir.resolve("empty"));
    assertThatThrownBy(() -> Repair.run(dir.resolve("empty"), dir.resolve("new"), events::add))
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageContaining("nothing of a store");
    try (Tidemark store = open("old", OWN)) {
      add(store, "a", 1);
      assertThatThrownBy(this::repair).isInstanceOf(StoreLockedException.class);
    }
    assertThatThrownBy(() -> Repair.run(dir.resolve("old"), dir.resolve("old/in"), events::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("inside");
    assertThatThrownBy(() -> Repair.run(dir.resolve("old"), dir.resolve("old"), events::add))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(dir.resolve("new")).doesNotExist();
  }

  private RepairReport repair() {
    return Repair.run(dir.resolve("old"), dir.resolve("new"), events::add);
  }

  /** Opens what was made, once verify has nothing to say. */
  private Tidemark reopen() {
    List<Finding> findings = new ArrayList<>();
    Verification.run(dir.resolve("new"), dir.resolve("scratch"), findings::add);
    assertThat(findings).isEmpty();
    Tidemark store = Tidemark.open(dir.resolve("new"), SCHEMA);
    assertThat(store.recovery().found()).isEqualTo("clean");
    return store;
  }

  private <T> List<T> of(Class<T> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private Tidemark open(String name, long replica) {
    return Tidemark.open(dir.resolve(name), SCHEMA, Options.defaults().withReplicaId(replica));
  }

  private static void add(Tidemark store, String key, int count) {
    for (int i = 1; i <= count; i++) {
      store.update("s:" + key, new Update.Add(Bytes.utf8(key + i)));
    }
  }

  private static List<String> elements(Tidemark store, String key) {
    return store.orSet("s:" + key, dev.tidemark.engine.codec.Codec.utf8()).elements();
  }

  private Path segment(long number) {
    return dir.resolve("old/log").resolve(String.format("%016d", number));
  }

  private List<Path> tables() throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("old/state"))) {
      return files.filter(file -> file.toString().endsWith(".sst")).toList();
    }
  }

  private static Path dataFile(Path below) throws IOException {
    try (Stream<Path> files = Files.walk(below)) {
      return files.filter(file -> file.toString().endsWith(".cq4")).findFirst().orElseThrow();
    }
  }

  /** Flips a bit of the first occurrence of a text; gives where it is. */
  private static long flip(Path file, String text) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    assertThat(at).isPositive();
    bytes[at] ^= 1;
    Files.write(file, bytes);
    return at;
  }
}
