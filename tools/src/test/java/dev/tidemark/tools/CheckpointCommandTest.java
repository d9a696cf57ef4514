package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointCommandTest {
  private static final Schema SCHEMA = Schema.of("n:", Strategy.PN_COUNTER);

  @TempDir Path temporary;
  private Path checkpoints;
  private Path first;
  private Path second;

  @BeforeEach
  void takeSnapshots() {
    checkpoints = temporary.resolve("checkpoints");
    try (Tidemark a = open(1);
        Tidemark b = open(2)) {
      a.update("n:1", new Update.Increment(5));
      try (Exchange exchange = new Exchange(a, b)) {
        exchange.pull();
      }
      first = a.snapshot().directory();
      second = b.snapshot().directory();
    }
  }

  private Tidemark open(long replica) {
    return Tidemark.open(
        temporary.resolve("store-" + replica),
        SCHEMA,
        Options.defaults().withReplicaId(replica).withClock(() -> 1_000));
  }

  @Test
  void gathersAndRestoresASet() throws Exception {
    assertThat(Tool.fine("checkpoint", "begin", checkpoints, "c1", "--members", "1,2").lastLine())
        .isEqualTo("missing    1, 2");
    Tool.fine("checkpoint", "submit", checkpoints, "c1", first, "--member", 1);
    JsonNode half =
        new ObjectMapper()
            .readTree(Tool.fine("checkpoint", "status", checkpoints, "c1", "--json").out());
    assertThat(half.get("complete").asBoolean()).isFalse();
    assertThat(half.get("missing").get(0).asText()).isEqualTo("2");

    Tool whole = Tool.fine("checkpoint", "submit", checkpoints, "c1", second, "--json");
    JsonNode complete = new ObjectMapper().readTree(whole.out());
    String root = complete.get("root").asText();
    assertThat(root).hasSize(64);
    assertThat(complete.get("uniform").asBoolean()).isTrue();
    assertThat(complete.get("submissions").get(0).get("root"))
        .isEqualTo(complete.get("submissions").get(1).get("root"));
    assertThat(Tool.fine("checkpoint", "submit", checkpoints, "c1", first, "--json").out())
        .isEqualTo(whole.out());
    assertThat(Tool.fine("checkpoint", "status", checkpoints, "--check").lastLine())
        .isEqualTo("complete   root " + root + ", all have seen the same");

    Path again = temporary.resolve("again");
    assertThat(Tool.fine("checkpoint", "restore", checkpoints, "c1", again, "--root", root).lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("restored"));
    assertThat(Tool.fine("checkpoint", "restore", checkpoints, "c1", again, "--json").lines())
        .allMatch(line -> line.contains("\"wasThere\":true"));
    assertThat(Tool.fine("read", again.resolve("2"), "n:1").out()).isEqualTo("5\n");
  }

  @Test
  void refusesWhatIsNotWhatItShouldBeAndChangesNothing() {
    Tool.fine("checkpoint", "begin", checkpoints, "c1", "--members", "1");
    String wrong = "00".repeat(32);

    Tool root = Tool.run("checkpoint", "submit", checkpoints, "c1", first, "--root", wrong);
    assertThat(root.exitCode()).isEqualTo(2);
    assertThat(root.err()).contains("expected=" + wrong, "actual=");
    assertThat(Tool.run("checkpoint", "submit", checkpoints, "c1", first, "--member", 2))
        .extracting(Tool::exitCode)
        .isEqualTo(2);
    Tool stranger = Tool.run("checkpoint", "submit", checkpoints, "c1", second);
    assertThat(stranger.exitCode()).isEqualTo(2);
    assertThat(stranger.err()).contains("member is not expected");
    Path again = temporary.resolve("again");
    assertThat(Tool.run("checkpoint", "restore", checkpoints, "c1", again).exitCode()).isEqualTo(2);
    assertThat(again).doesNotExist();
    Tool.fine("checkpoint", "submit", checkpoints, "c1", first);
    assertThat(Tool.run("checkpoint", "restore", checkpoints, "c1", again, "--root", wrong))
        .extracting(Tool::exitCode)
        .isEqualTo(2);
    assertThat(again).doesNotExist();
  }

  @Test
  void saysThatThereIsNone() {
    assertThat(Tool.run("checkpoint", "status", checkpoints, "c1").exitCode()).isEqualTo(3);
    assertThat(Tool.fine("checkpoint", "status", checkpoints).out()).isEmpty();
    assertThat(Tool.run("checkpoint", "begin", checkpoints, "../c", "--members", 1).exitCode())
        .isEqualTo(1);
    assertThat(checkpoints).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"begin", "submit", "status", "restore"})
  void everyCommandHasHelpWithExamples(String command) {
    assertThat(Tool.fine("checkpoint", command, "--help").out())
        .contains("Examples:", "  tidemark checkpoint " + command + " ");
  }
}
