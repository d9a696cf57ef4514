package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.tools.output.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoverCommandTest {
  @TempDir Path temporary;
  private Path store;

  @BeforeEach
  void createStore() {
    store = temporary.resolve("store");
    try (Tidemark open = Tidemark.open(store, Schema.of("s:", Strategy.OR_SET))) {
      open.update("s:1", new Update.Add(Bytes.utf8("milk")));
    }
  }

  @Test
  void saysOfAStoreThatWasClosedThatNothingIsToBeDone() throws IOException {
    var before = DirectoryDigest.of(store);
    Tool tool = Tool.fine("recover", "--dry-run", store);
    assertThat(tool.lines())
        .contains("log: clean, positions 1 to 1", "state: applied to position 1");
    assertThat(tool.lines()).contains("case: clean, because: otherwise");
    assertThat(tool.lastLine()).isEqualTo("an open does: nothing is to be done");
    assertThat(DirectoryDigest.of(store)).isEqualTo(before);
  }

  @Test
  void buildsALostStateAnewAndUpdateSaysThatItHasTo() throws IOException {
    Directories.delete(store.resolve("state"));
    Tool update = Tool.run("update", store, "s:1", "add", "bread");
    assertThat(update.exitCode()).isEqualTo(3);
    assertThat(update.err()).contains("store has no state").contains("run `tidemark recover`");

    assertThat(Tool.fine("recover", "--dry-run", store).lines())
        .contains("an open does: the state is built anew from the log");
    Tool recover = Tool.fine("recover", store);
    assertThat(recover.lines()).contains("case: state lost");
    assertThat(recover.lastLine()).startsWith("replayed: 1 commits, 1 operations, in ");
    Tool.fine("update", store, "s:1", "add", "bread");
    assertThat(Tool.fine("read", store, "s:1").out()).contains("bread", "milk");
  }

  @Test
  void refusesALogThatIsGoneWithoutChangingAByte() throws IOException {
    Directories.delete(store.resolve("log"));
    Files.delete(store.resolve("DURABLE-MARK"));
    var before = DirectoryDigest.of(store);
    Tool dry = Tool.run("recover", "--dry-run", store);
    assertThat(dry.exitCode()).isEqualTo(2);
    assertThat(dry.lastLine()).startsWith("error: log is missing: directory=" + store);
    Tool tool = Tool.run("recover", store);
    assertThat(tool.exitCode()).isEqualTo(2);
    assertThat(tool.err()).startsWith("tidemark: log is missing: directory=" + store);
    assertThat(DirectoryDigest.of(store)).isEqualTo(before);
  }

  @Test
  void tellsOfACopyThatItTakesAnotherReplicaId() throws IOException {
    Path copy = temporary.resolve("copy");
    try (var tree = Files.walk(store)) {
      for (Path path : tree.toList()) {
        Files.copy(path, copy.resolve(store.relativize(path).toString()));
      }
    }
    Tool dry = Tool.fine("recover", "--dry-run", "--json", copy);
    assertThat(dry.out()).contains("\"case\":\"copied\"", "\"refused\":false");
    Tool tool = Tool.fine("recover", "--json", copy);
    assertThat(tool.out()).contains("\"case\":\"copied\"", "the replica id is now ");
    assertThat(Tool.fine("recover", copy).lines()).contains("case: clean");
  }

  @Test
  void refusesWhereThereIsNoStore() throws IOException {
    assertThat(Tool.run("recover", temporary.resolve("nothing")).exitCode()).isEqualTo(3);
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    assertThat(Tool.run("recover", empty).exitCode()).isEqualTo(3);
    assertThat(empty).isEmptyDirectory();
  }
}
