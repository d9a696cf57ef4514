package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcCommandTest {
  @TempDir Path temporary;
  private Path store;

  @BeforeEach
  void createStore() {
    store = temporary.resolve("store");
    try (Tidemark open = open()) {
      for (int i = 0; i < 10; i++) {
        open.update("key" + i, new Update.SetValue(Bytes.utf8("value")));
        open.update("key" + i, new Update.Delete());
      }
      open.update("kept", new Update.SetValue(Bytes.utf8("value")));
    }
  }

  /** Forgets nothing by itself. */
  private Tidemark open() {
    Options options = Options.defaults().withReplicaId(1).withStewardInterval(Duration.ZERO);
    return Tidemark.open(store, Schema.empty(), options);
  }

  private void found() {
    try (Tidemark open = open()) {
      open.members().found();
    }
  }

  @Test
  void withoutAClusterNothingIsForgotten() {
    assertThat(Tool.fine("gc", store).lines())
        .anyMatch(line -> line.startsWith("forgot     0 keys wholly, 0 elements"))
        .anyMatch(line -> line.contains("nothing is forgotten until one is founded"));
  }

  @Test
  void saysWhatWaitsThenForgetsIt() {
    found();
    assertThat(Tool.fine("gc", store, "--explain").lines())
        .noneMatch(line -> line.startsWith("kept       0 bytes"));
    assertThat(Tool.fine("gc", store).lines())
        .anyMatch(line -> line.startsWith("forgot     10 keys wholly"));
    assertThat(Tool.fine("gc", store, "--explain").lines())
        .anyMatch(line -> line.startsWith("kept       0 bytes"))
        .anyMatch(line -> line.equals("waiting    nothing"));
    assertThat(Tool.fine("read", store, "kept").out()).contains("value");
    assertThat(Tool.fine("verify", store).out()).contains("fine");
  }

  @Test
  void namesTheMemberThatIsAway() {
    found();
    try (Tidemark open = open()) {
      open.members().admit(2);
    }
    assertThat(Tool.fine("gc", store, "--json").out()).contains("\"forgottenKeys\":0");
    assertThat(Tool.fine("gc", store, "--explain").lines())
        .anyMatch(line -> line.startsWith("waiting ") && line.contains(", for member 2, "));
    assertThat(Tool.fine("why", store, "key1").lines())
        .anyMatch(line -> line.startsWith("remains ") && line.contains("kept until everybody"));
    assertThat(Tool.fine("why", store, "key1").lastLine())
        .startsWith("waiting ")
        .contains(", for member 2, ");
    assertThat(Tool.fine("why", store, "key1", "--json").out())
        .contains("\"waitsFor\":{\"replica\":\"2\"");
    assertThat(Tool.fine("why", store, "kept").out()).doesNotContain("waiting");
    assertThat(Tool.fine("gc", store, "--explain", "--json").out())
        .contains("\"waitsFor\":{\"replica\":\"2\"", "\"collectableBytes\":");
    try (Tidemark open = open()) {
      open.members().retire(2);
    }
    assertThat(Tool.fine("gc", store, "--json").out()).contains("\"forgottenKeys\":10");
  }
}
