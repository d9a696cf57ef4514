package dev.tidemark.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.file.Trees;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.storage.repair.RepairEvent.LostPositions;
import dev.tidemark.storage.repair.RepairReport.Basis;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Positions 1 to 6 are folded; 7 and 8 are commits. */
class FoldedRepairTest {
  private static final Schema SCHEMA = Schema.of("s:", Strategy.OR_SET);

  @TempDir private Path dir;
  private final List<RepairEvent> events = new ArrayList<>();

  @BeforeEach
  void createStore() {
    Options options = Options.defaults().withReplicaId(1);
    try (Tidemark store = Tidemark.open(dir.resolve("old"), SCHEMA, options)) {
      add(store, "a", 3);
      add(store, "b", 3);
      store.compact();
      add(store, "c", 2);
    }
  }

  @Test
  void takesWhatIsFoldedAndWhatFollows() {
    RepairReport report = repair();

    assertThat(report.isComplete()).as("%s", events).isTrue();
    assertThat(report.basis()).isEqualTo(Basis.LOG);
    assertThat(report.commits()).isEqualTo(2);
    assertThat(report.lastPosition()).as("a run takes one").isEqualTo(3);
    assertThat(events).isEmpty();
    expectAll();
  }

  @Test
  void knowsWhereItBelongsWithoutCatalogueAndState() throws IOException {
    Files.delete(dir.resolve("old/log/CATALOGUE"));
    Trees.delete(dir.resolve("old/state"));

    RepairReport report = repair();

    assertThat(report.isComplete()).as("%s", events).isTrue();
    expectAll();
  }

  @Test
  void theStateVouchesForWhatIsNotWhole() throws IOException {
    flip(runFile());

    RepairReport report = repair();

    assertThat(report.isComplete()).as("%s", events).isTrue();
    assertThat(report.basis()).isEqualTo(Basis.STATE);
    assertThat(report.firstPosition()).isEqualTo(7);
    assertThat(report.damages()).isPositive();
    expectAll();
  }

  @Test
  void whatIsNotWholeIsLostWithoutAState() throws IOException {
    flip(runFile());
    Trees.delete(dir.resolve("old/state"));

    assertThat(repair().isComplete()).isFalse();

    assertThat(events).contains(new LostPositions(1, 6));
    try (Tidemark repaired = Tidemark.open(dir.resolve("new"), SCHEMA)) {
      assertThat(repaired.status().appendedPosition()).as("all builds on it").isZero();
    }
  }

  /** Its end is cut off between two entries: what is left of it is whole, entry by entry. */
  @Test
  void isNotTakenWithoutItsEnd() throws IOException {
    Path file = runFile();
    byte[] bytes = Files.readAllBytes(file);
    int end = 0;
    int last = 0;
    for (int at = 0; at < bytes.length; ) {
      last = end;
      end = at + 4 + (bytes[at] & 0xff) + ((bytes[at + 1] & 0xff) << 8);
      at = (end + 3) & -4;
    }
    Files.write(file, java.util.Arrays.copyOf(bytes, last));
    Files.delete(dir.resolve("old/log/CATALOGUE"));
    Trees.delete(dir.resolve("old/state"));

    assertThat(repair().isComplete()).isFalse();
  }

  private void expectAll() {
    List<Finding> findings = new ArrayList<>();
    Verification.run(dir.resolve("new"), dir.resolve("scratch"), findings::add);
    assertThat(findings).isEmpty();
    try (Tidemark repaired = Tidemark.open(dir.resolve("new"), SCHEMA)) {
      assertThat(repaired.orSet("s:a", Codec.utf8()).elements()).containsExactly("a1", "a2", "a3");
      assertThat(repaired.orSet("s:b", Codec.utf8()).size()).isEqualTo(3);
      assertThat(repaired.orSet("s:c", Codec.utf8()).size()).isEqualTo(2);
      assertThat(repaired.vector().get(1)).isEqualTo(8);
    }
  }

  private RepairReport repair() {
    return Repair.run(dir.resolve("old"), dir.resolve("new"), events::add);
  }

  private static void add(Tidemark store, String key, int count) {
    for (int i = 1; i <= count; i++) {
      store.update("s:" + key, new Update.Add(Bytes.utf8(key + i)));
    }
  }

  private Path runFile() throws IOException {
    try (Stream<Path> files = Files.walk(dir.resolve("old/log"))) {
      return files.filter(file -> file.endsWith("run.cq4")).findFirst().orElseThrow();
    }
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("a2");
    assertThat(at).isPositive();
    bytes[at] ^= 1;
    Files.write(file, bytes);
  }
}
