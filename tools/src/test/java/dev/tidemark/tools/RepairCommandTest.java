package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.tools.output.Directories;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepairCommandTest {
  @TempDir Path temporary;
  private Path store;
  private Path repaired;

  @BeforeEach
  void createStore() {
    store = temporary.resolve("store");
    repaired = temporary.resolve("repaired");
    try (Tidemark open = Tidemark.open(store, Schema.of("s:", Strategy.OR_SET))) {
      for (int i = 1; i <= 5; i++) {
        open.update("s:" + i, new Update.Add(Bytes.utf8("element " + i)));
      }
    }
  }

  @Test
  void makesAStoreOfAllThereIsAndChangesNothingOfTheOldOne() {
    Map<String, String> before = DirectoryDigest.of(store);

    Tool repair = Tool.fine("repair", store, repaired);

    assertThat(repair.lastLine()).isEqualTo("complete: 0 damages, nothing lost");
    assertThat(DirectoryDigest.of(store)).isEqualTo(before);
    assertThat(Tool.fine("verify", repaired).lastLine()).isEqualTo("fine");
    assertThat(Tool.fine("read", repaired, "s:3").out()).contains("element 3");
  }

  @Test
  void listsWhatIsLostAndSaysSoByItsExitCode() throws IOException {
    Directories.delete(store.resolve("state"));
    flip("element 3");

    Tool repair = Tool.run("repair", store, repaired);

    assertThat(repair.exitCode()).isEqualTo(2);
    assertThat(repair.out())
        .contains("damaged: ", "19700101S.cq4, bytes ")
        .contains("lost: positions 3 to 3")
        .contains("lost: position 4, operations ", "keys [s:4]", "because commit leaves a gap")
        .contains("#3 to #5");
    assertThat(repair.lastLine()).startsWith("lost: 4 findings, ");
    assertThat(Tool.fine("verify", repaired).lastLine()).isEqualTo("fine");
    assertThat(Tool.fine("read", repaired, "s:2").out()).contains("element 2");
  }

  @Test
  void printsObjects() throws IOException {
    Directories.delete(store.resolve("state"));
    flip("element 3");

    Tool repair = Tool.run("repair", store, repaired, "--json");

    assertThat(repair.lines())
        .anyMatch(line -> line.startsWith("{\"event\":\"damaged bytes\",\"file\":"))
        .contains("{\"event\":\"lost positions\",\"first\":3,\"last\":3}")
        .anyMatch(line -> line.startsWith("{\"event\":\"lost commit\",\"position\":4,"))
        .anyMatch(line -> line.contains("\"keys\":[\"s:5\"]"));
    assertThat(repair.lastLine())
        .startsWith("{\"complete\":false,\"losses\":4,")
        .contains("\"basis\":\"log\"", "\"lastPosition\":2,\"commits\":2");
  }

  @Test
  void saysWhyItDoesNothing() throws IOException {
    Files.createDirectories(repaired.resolve("something"));

    assertThat(Tool.run("repair", store, repaired).exitCode()).isEqualTo(1);
    Tool missing = Tool.run("repair", temporary.resolve("none"), temporary.resolve("new"));
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.err()).contains("store directory is missing");
  }

  private void flip(String text) throws IOException {
    Path file;
    try (Stream<Path> files = Files.walk(store.resolve("log"))) {
      file = files.filter(path -> path.toString().endsWith(".cq4")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(file);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    assertThat(at).isPositive();
    bytes[at] ^= 1;
    Files.write(file, bytes);
  }
}
