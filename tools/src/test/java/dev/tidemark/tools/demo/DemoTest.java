package dev.tidemark.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.tools.Main;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.transport.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short replays, each from end to end. */
class DemoTest {
  private static final int COMMITS = 300;
  private static Recording recording;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Printer printer = new Printer(out, err, false);

  @TempDir private Path dir;

  @BeforeAll
  static void load() throws IOException {
    recording = Recording.load();
  }

  private String printed() {
    printer.flush();
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void replaysAtManyStoresWhatMemoryAloneComesTo() throws IOException {
    MemoryReplay memory = new MemoryReplay(recording.history().first(COMMITS));

    int exitCode =
        Demo.run(recording, printer, COMMITS, dir.resolve("stores"), Transport.Kind.PROCESS, true);

    JsonNode report = new ObjectMapper().readTree(printed());
    assertThat(exitCode).isZero();
    assertThat(report.get("matches").asBoolean()).isTrue();
    assertThat(report.get("operationsMade").asLong()).isEqualTo(memory.made());
    assertThat(report.get("operationsReceived").asLong())
        .isEqualTo(memory.made() * (report.get("replicas").asLong() - 1));
    JsonNode conflicts = check(report, "conflicts");
    assertThat(memory.conflicts).isPositive();
    assertThat(conflicts.get("of").asLong()).isEqualTo(memory.conflicts);
    assertThat(conflicts.get("remark").asText())
        .isEqualTo("settled, seen at " + memory.conflictingMerges + " merges");
    assertThat(err.size()).isZero();
    assertThat(dir.resolve("stores/replica-00")).isNotEmptyDirectory();
  }

  @Test
  void replicasThatAreEndpointsOfANetworkComeToTheSame() throws IOException {
    int exitCode = Demo.run(recording, printer, 150, null, Transport.Kind.GRPC, true);

    assertThat(new ObjectMapper().readTree(printed()).get("matches").asBoolean()).isTrue();
    assertThat(exitCode).isZero();
  }

  private static JsonNode check(JsonNode report, String what) {
    for (JsonNode check : report.get("checks")) {
      if (check.get("what").asText().equals(what)) {
        return check;
      }
    }
    throw new AssertionError("no check of " + what);
  }

  @Test
  void saysWhatIsNotAsExpected() throws IOException {
    Recording wrong = new Recording(recording.history().first(60), wronged());

    int exitCode = Demo.run(wrong, printer, 60, null, Transport.Kind.PROCESS, false);

    assertThat(exitCode).isEqualTo(2);
    assertThat(printed())
        .contains("WRONG  live paths")
        .contains("no/such/file is missing instead of [0123456789ab]")
        .contains("WRONG  author totals")
        .contains("author 99 is missing instead of")
        .contains("WRONG  checkpoint trees")
        .contains("tree at commit 30 is")
        .contains("ok     journal")
        .endsWith("3 of 7 checks failed.\n");
  }

  /** What 60 commits come to, with one mistake of each kind. */
  private static Expectations wronged() {
    Expectations right =
        Expectations.ofFirst(recording.expected(), new Causality(recording.history().first(60)));
    SortedMap<String, List<String>> files = new TreeMap<>(right.tree().files());
    files.put("no/such/file", List.of("0123456789ab"));
    SortedMap<Integer, AuthorTotals> authors = new TreeMap<>(right.authors());
    authors.put(99, new AuthorTotals(1, 2, 3));
    return new Expectations(List.of(new Checkpoint(30, 1, "0")), new Tree(files), authors);
  }

  /** In a process with temporary files of its own: in the usual place others may run it, too. */
  @Test
  void leavesNothingBehindUnlessAsked() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + dir));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-") || argument.startsWith("-Dchronicle"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("demo", "--commits", "5"));
    Process demo = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(demo.waitFor()).as(output).isZero();
    assertThat(dir.toFile().list()).noneMatch(name -> name.startsWith("tidemark-demo"));
  }

  @Test
  void refusesADirectoryThatIsInUse() throws IOException {
    Files.writeString(dir.resolve("mine.txt"), "keep");

    assertThatThrownBy(() -> Demo.run(recording, printer, 5, dir, Transport.Kind.PROCESS, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("directory is not empty");
    assertThat(dir.resolve("mine.txt")).hasContent("keep");
  }

  @Test
  void refusesANumberOfCommitsThatThereIsNot() {
    for (int commits : new int[] {-1, 0, 28_548}) {
      assertThatThrownBy(
              () -> Demo.run(recording, printer, commits, null, Transport.Kind.PROCESS, false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("commits=" + commits);
    }
  }
}
