package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.Snapshots;
import dev.tidemark.tools.output.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotCommandsTest {
  @TempDir Path temporary;
  private Path store;

  @BeforeEach
  void createStore() {
    store = temporary.resolve("store");
    try (Tidemark open = Tidemark.open(store, Schema.of("s:", Strategy.OR_SET))) {
      open.update("s:1", new Update.Add(Bytes.utf8("milk")));
      open.update("s:1", new Update.Add(Bytes.utf8("bread")));
    }
  }

  private Path newest() {
    return Snapshots.list(new StoreFiles(store)).get(0);
  }

  @Test
  void takesListsChecksAndRestores() {
    Tool taken = Tool.fine("snapshot", store);
    assertThat(taken.lines().get(0)).isEqualTo("snapshot   " + newest());
    assertThat(taken.out()).contains("holds      the log up to position 2, in ");
    assertThat(Tool.fine("snapshot", store, "--list").lines()).isEqualTo(taken.lines());
    assertThat(Tool.fine("verify-snapshot", newest()).lines())
        .contains("checked    1 keys, 2 cells")
        .endsWith("fine");
    Tool.fine("update", store, "s:1", "add", "late");

    Path again = temporary.resolve("again");
    assertThat(Tool.fine("restore", newest(), again).lastLine())
        .isEqualTo("restored   up to position 2; the log begins at 3");
    assertThat(Tool.fine("read", again, "s:1").out()).contains("milk").doesNotContain("late");

    Tool used = Tool.run("restore", newest(), store);
    assertThat(used.exitCode()).isEqualTo(1);
    assertThat(used.err()).startsWith("tidemark: directory is in use already");
    assertThat(Tool.fine("restore", newest(), store, "--in-place").lines())
        .contains("moved to   " + store.resolve("quarantine/state-1"));
    assertThat(Tool.fine("read", store, "s:1").out()).contains("milk").doesNotContain("late");
    assertThat(Tool.fine("verify", store).lines()).contains("snapshots: 1 held to their manifests");
  }

  @Test
  void copiesToElsewhereAndKeepsAsManyAsItIsTold() {
    Path backup = temporary.resolve("backup");
    for (int i = 0; i < 3; i++) {
      Tool.fine("update", store, "s:1", "add", "e" + i);
      Tool.fine("snapshot", store, "--keep", 1, "--copy", backup);
    }
    assertThat(Snapshots.list(new StoreFiles(store))).hasSize(1);
    assertThat(backup.toFile().list()).hasSize(3);
    Path copy = backup.resolve(newest().getFileName());
    assertThat(Tool.fine("verify-snapshot", copy, "--json").out()).contains("\"fine\":true");
    Tool bad = Tool.run("snapshot", store, "--keep", 0);
    assertThat(bad.exitCode()).isEqualTo(1);
  }

  @Test
  void saysWhatACopyLacksOfLargeValues() throws IOException {
    Options options = Options.defaults().withInlineLimit(10);
    try (Tidemark open =
        Tidemark.open(store, Schema.empty().and("r:", Strategy.LWW_REGISTER), options)) {
      open.update("r:1", new Update.SetValue(Bytes.utf8("longer than the limit")));
    }
    Path backup = temporary.resolve("backup");
    assertThat(Tool.fine("snapshot", store, "--copy", backup).lastLine())
        .isEqualTo("large      1 values in 1 chunks");

    Directories.delete(store.resolve("blobs"));
    Path poor = temporary.resolve("poor");
    assertThat(Tool.fine("snapshot", store, "--copy", poor).lastLine())
        .isEqualTo("incomplete 1 large values: 1 chunks missing, 0 damaged");
    Tool verified = Tool.run("verify-snapshot", onlyIn(poor), "--json");
    assertThat(verified.exitCode()).isEqualTo(2);
    assertThat(verified.out()).contains("\"incompleteLargeValues\":1", "\"missingChunks\":1");
  }

  private static Path onlyIn(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findFirst().orElseThrow();
    }
  }

  @Test
  void tellsWhatIsDamagedWithTheRightExitCode() throws IOException {
    Tool.fine("snapshot", store);
    Path file = Snapshot.read(newest()).files().data().resolve("CURRENT");
    Files.delete(file);
    Files.writeString(file, "another\n");
    Tool tool = Tool.run("verify-snapshot", newest());
    assertThat(tool.exitCode()).isEqualTo(2);
    assertThat(tool.lines().get(0)).startsWith(file + ": expected ");
    assertThat(tool.lastLine()).isEqualTo("damaged: 1 findings");
    assertThat(Tool.run("restore", newest(), temporary.resolve("new")).exitCode()).isEqualTo(2);
    assertThat(temporary.resolve("new")).doesNotExist();
    Tool verify = Tool.run("verify", store);
    assertThat(verify.exitCode()).isEqualTo(2);
    assertThat(verify.out()).contains("CURRENT");
    assertThat(Tool.run("verify-snapshot", store).exitCode()).isEqualTo(3);
    assertThat(Tool.run("snapshot", temporary.resolve("nothing")).exitCode()).isEqualTo(3);
  }

  @Test
  void saysForWhomALogIsNotTruncated() {
    Tool.fine("members", store, "--found");
    Tool.fine("members", store, "--admit", "7");
    Tool.fine("truncate", store);

    // What it lacks begins with its joining.
    assertThat(Tool.fine("truncate", store).lastLine())
        .isEqualTo(
            "nothing was cut off: a member has not seen all of what could go; `tidemark members"
                + " DIR` says which");
  }

  @Test
  void truncatesAndGoesOnWithoutTheHistory() throws IOException {
    assertThat(Tool.fine("truncate", store).lastLine())
        .isEqualTo(
            "the log begins at position 3; the snapshot that stands for what is gone reaches 2");
    Tool.fine("update", store, "s:1", "remove", "milk");
    assertThat(Tool.fine("read", store, "s:1").out()).contains("bread").doesNotContain("milk");
    assertThat(Tool.fine("verify", store).lines())
        .contains("log against state: 1 keys compared", "fine");
    assertThat(Tool.fine("truncate", store, "--json").out())
        .contains("\"firstPosition\":4", "\"snapshotPosition\":3");
    assertThat(Tool.fine("truncate", store).lastLine())
        .isEqualTo("nothing was cut off: no whole segment of the log could go");
    Directories.delete(store.resolve("state"));
    assertThat(Tool.fine("recover", "--dry-run", store).out())
        .contains("case: state from snapshot", "is good, up to position 3");
    assertThat(Tool.fine("recover", store).lines()).contains("case: state from snapshot");
    assertThat(Tool.fine("read", store, "s:1").out()).contains("bread").doesNotContain("milk");
  }
}
