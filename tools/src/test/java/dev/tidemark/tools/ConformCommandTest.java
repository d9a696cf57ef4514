package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConformCommandTest {
  private static final String SCENARIO =
      "{\"name\":\"two carts\",\"types\":{\"t:\":\"or-set\"},"
          + "\"replicas\":{\"A\":1,\"B\":18446744073709551615},\"steps\":["
          + "{\"at\":\"A\",\"now\":1000,\"op\":\"add\",\"key\":\"t:x\",\"args\":[\"milk\"]},"
          + "{\"at\":\"A\",\"now\":1001,\"op\":\"add\",\"key\":\"t:x\",\"args\":[\"a\\u0000\"]},"
          + "{\"from\":\"A\",\"to\":\"B\",\"until\":1},"
          + "{\"at\":\"B\",\"read\":\"t:x\",\"value\":[\"milk\"]},"
          + "{\"at\":\"A\",\"do\":\"compact\"},{\"at\":\"A\",\"do\":\"restart\"},"
          + "{\"at\":\"B\",\"do\":\"truncate\"},{\"at\":\"B\",\"do\":\"flush\"},"
          + "{\"from\":\"A\",\"to\":\"B\"}],"
          + "\"expect\":{\"A\":{\"t:x\":[\"a\\u0000\",\"milk\"]},"
          + "\"B\":{\"t:x\":[\"a\\u0000\",\"milk\"]}}}";

  @TempDir Path temporary;

  @Test
  void findsNoMismatchInTheScenariosThatWeShip() throws IOException {
    assertThat(Tool.run(few(4, line -> true, "conform")))
        .isEqualTo(new Tool(0, "56 scenarios, 0 mismatches\n", ""));
  }

  /** Each exchange goes over a connection between two endpoints. */
  @Test
  void findsNoneWhereExchangesGoOverANetwork() throws IOException {
    assertThat(Tool.run(few(2, line -> true, "conform", "--transport", "grpc")))
        .isEqualTo(new Tool(0, "28 scenarios, 0 mismatches\n", ""));
  }

  /** Runs take the place of commits everywhere, and states that of what was truncated. */
  @ParameterizedTest
  @ValueSource(strings = {"compact", "compact,truncate,gc"})
  void findsNoneWhereTheLogIsRewrittenAfterEveryStep(String forced) throws IOException {
    Predicate<String> fits = line -> !line.contains("\"until\"");

    assertThat(Tool.run(few(1, fits, "conform", "--forced", forced)))
        .isEqualTo(new Tool(0, "14 scenarios, 0 mismatches\n", ""));
  }

  /** Else forced collection would hold nothing to anything. */
  @Test
  void hasForgottenWhatAllReplicasHaveSeenDeleted() throws IOException {
    String write = "{\"at\":\"A\",\"now\":%d,\"op\":\"%s\",\"key\":\"t:x\",\"args\":[%s]},";
    String exchange = "{\"from\":\"A\",\"to\":\"B\"},{\"from\":\"B\",\"to\":\"A\"},";
    Path file =
        write(
            "gone.jsonl",
            "{\"types\":{\"t:\":\"lww-register\"},\"replicas\":{\"A\":1,\"B\":2},\"steps\":["
                + write.formatted(1000, "set", "\"v\"")
                + write.formatted(1000, "delete", "")
                + exchange.repeat(3)
                + "{\"at\":\"A\",\"read\":\"t:x\",\"value\":null}]}");
    Path keep = temporary.resolve("stores");

    Tool.fine("conform", "--keep", keep, "--forced", "compact,truncate,gc", file);

    assertThat(Tool.fine("gc", "--explain", "--json", keep.resolve("1-gone.jsonl-1/A")).out())
        .contains("\"collectableBytes\":0")
        .contains("\"forgottenUpTo\"");
  }

  /** A few of each strategy: all of them are the work of the command itself. */
  private Object[] few(int ofEach, Predicate<String> which, String... command) throws IOException {
    List<Object> arguments = new ArrayList<>(List.of(command));
    try (Stream<Path> shipped = Files.list(Path.of("../docs/conformance"))) {
      for (Path file : shipped.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList()) {
        List<String> few = Files.readAllLines(file).stream().filter(which).limit(ofEach).toList();
        arguments.add(Files.write(temporary.resolve(file.getFileName()), few));
      }
    }
    assertThat(arguments).hasSize(command.length + 14);
    return arguments.toArray();
  }

  @Test
  void skipsAndCountsWhatNeedsTheLogAsItWasWritten() throws IOException {
    Path file = write("two.jsonl", SCENARIO, SCENARIO.replace(",\"until\":1", ""));

    Tool conform = Tool.run("conform", "--forced", "compact", file);

    // The other one reads milk before more was received, which now is more.
    assertThat(conform.exitCode()).isEqualTo(2);
    assertThat(conform.out())
        .contains("two.jsonl:2")
        .endsWith(
            "1 scenarios skipped: they need the log as it was written\n"
                + "1 scenarios, 1 mismatches\n");
    assertThat(Tool.run("conform", "--forced", "flush,restart", write("one.jsonl", SCENARIO)))
        .isEqualTo(new Tool(0, "1 scenarios, 0 mismatches\n", ""));
  }

  @Test
  void refusesToForceWhatIsNoStep() throws IOException {
    Tool conform = Tool.run("conform", "--forced", "compact,polish", write("o.jsonl", SCENARIO));

    assertThat(conform.exitCode()).isEqualTo(1);
    assertThat(conform.err()).contains("polish", "compact, truncate, restart, flush");
  }

  @Test
  void showsEachMismatchWithItsStep() throws IOException {
    String wrong = SCENARIO.replace("\"value\":[\"milk\"]", "\"value\":[\"tea\"]");

    Tool conform = Tool.run("conform", write("two.jsonl", SCENARIO, "", wrong));

    assertThat(conform.exitCode()).isEqualTo(2);
    assertThat(conform.lines())
        .containsExactly(
            "mismatch: two.jsonl:3 two carts, step 3"
                + " {\"at\":\"B\",\"read\":\"t:x\",\"value\":[\"tea\"]}",
            "  expected B t:x = [\"tea\"]",
            "  actual   B t:x = [\"milk\"]",
            "2 scenarios, 1 mismatches");
  }

  @Test
  void countsWhatIsExpectedAtTheEnd() throws IOException {
    String wrong =
        SCENARIO.replace("\"expect\":{\"A\":{\"t:x\":[", "\"expect\":{\"A\":{\"t:x\":[\"0\",");

    Tool conform = Tool.run("conform", write("end.jsonl", wrong));

    assertThat(conform.exitCode()).isEqualTo(2);
    assertThat(conform.out())
        .contains("two carts, at the end\n")
        .endsWith("1 scenarios, 1 mismatches\n");
  }

  @Test
  void countsAStepThatIsRefusedAsAMismatch() throws IOException {
    String wrong =
        SCENARIO.replace(
            "\"op\":\"add\",\"key\":\"t:x\",\"args\":[\"milk\"]",
            "\"op\":\"set\",\"key\":\"t:x\",\"args\":[\"milk\"]");

    Tool conform = Tool.run("conform", write("refused.jsonl", wrong));

    assertThat(conform.exitCode()).isEqualTo(2);
    assertThat(conform.out()).contains("step 0", "expected a step that succeeds", "or-set has");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{                                                    | Unexpected end-of-input",
        "[]                                                   | not a JSON object",
        "{}                                                   | field is missing: field=types",
        "{\"types\":{\"t:\":\"heap\"}}                        | unknown strategy",
        "{\"types\":{},\"replicas\":{\"A\":-1}}               | id is out of range",
        "{\"types\":{},\"replicas\":{\"A\":1,\"B\":1}}        | two replicas have one id",
        "{\"types\":{},\"replicas\":{\"A\":1},\"steps\":[{}]} | step 0: step is of no known kind",
        "{\"types\":{},\"replicas\":{\"A\":1},\"expect\":{}}  | scenario has no steps",
        "{\"types\":{},\"replicas\":{\"A\":1},\"steps\":[]}   | scenario expects nothing",
        "{\"types\":{},\"replicas\":{\"A\":1},\"steps\":[],\"expect\":{\"A\":{},\"Z\":{}}} | unknown replica"
      })
  void namesFileAndLineOfWhatIsNoScenario(String line, String reason) throws IOException {
    Tool conform = Tool.run("conform", write("bad.jsonl", SCENARIO, line));

    assertThat(conform.exitCode()).isEqualTo(1);
    assertThat(conform.err().lines()).hasSize(1);
    assertThat(conform.err()).contains("malformed line", "bad.jsonl", "line=2", reason);
    assertThat(conform.out()).isEqualTo("1 lines are no scenarios\n1 scenarios, 0 mismatches\n");
  }

  /** One bad line ended the run: what stood behind it, and in other files, was never looked at. */
  @Test
  void judgesWhatStandsBehindALineThatIsNoScenario() throws IOException {
    String wrong = SCENARIO.replace("\"value\":[\"milk\"]", "\"value\":[\"tea\"]");

    Tool conform =
        Tool.run(
            "conform", write("bad.jsonl", "[]", SCENARIO, "{", wrong), write("o.jsonl", SCENARIO));

    assertThat(conform.exitCode()).isEqualTo(1);
    assertThat(conform.err().lines()).hasSize(2);
    assertThat(conform.err()).contains("line=1", "line=3");
    assertThat(conform.out())
        .startsWith("mismatch: bad.jsonl:4")
        .endsWith("2 lines are no scenarios\n3 scenarios, 1 mismatches\n");
  }

  /** The parser's own limits lay below the store's: keys and fields are names of JSON here. */
  @Test
  void takesKeysFieldsAndValuesAsLongAsAStoreDoes() throws IOException {
    String key = "t:" + "k".repeat(65_534);
    String field = "f".repeat(65_536);
    String value = "v".repeat(1 << 20);

    Tool conform =
        Tool.run(
            "conform",
            write(
                "long.jsonl",
                "{\"types\":{\"t:\":\"lww-map\"},\"replicas\":{\"A\":1},\"steps\":["
                    + "{\"at\":\"A\",\"now\":1,\"op\":\"put\",\"key\":\"%s\",\"args\":[\"%s\",\"%s\"]}],"
                        .formatted(key, field, value)
                    + "\"expect\":{\"A\":{\"%s\":{\"%s\":\"%s\"}}}}".formatted(key, field, value)));

    assertThat(conform).isEqualTo(new Tool(0, "1 scenarios, 0 mismatches\n", ""));
  }

  /**
   * What named a large value was compared with the value; and a store that was closed as soon as a
   * value had been referred to never got it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"process", "grpc"})
  void comparesLargeValuesInFull(String transport) throws IOException {
    String large = "v".repeat(100_000);
    String write = "{\"at\":\"A\",\"now\":1,\"op\":\"%s\",\"key\":\"%s\",\"args\":[%s\"%s\"]},";
    Path file =
        write(
            "large.jsonl",
            "{\"types\":{\"m\":\"lww-map\"},\"replicas\":{\"A\":1,\"B\":2},\"steps\":["
                + write.formatted("set", "r", "", large)
                + write.formatted("put", "m", "\"f\",", large)
                + write.formatted("put", "m", "\"g\",", "small")
                + "{\"from\":\"A\",\"to\":\"B\"},{\"at\":\"B\",\"do\":\"restart\"}],"
                + "\"expect\":{\"B\":{\"r\":\"%1$s\",\"m\":{\"f\":\"%1$s\",\"g\":\"small\"}}}}"
                    .formatted(large));

    assertThat(Tool.run("conform", "--transport", transport, file))
        .isEqualTo(new Tool(0, "1 scenarios, 0 mismatches\n", ""));
  }

  /** A store's id is above 0, and its clock ends in the year 6429; a scenario's need not. */
  @ParameterizedTest
  @CsvSource({
    // Of equal stamps the greater id wins.
    "0, 5, 1, 5, b",
    "1, 5, 0, 5, a",
    "0, 5, 18446744073709551615, 5, b",
    // Else the later clock, as far as 48 bits go.
    "2, 281474976710655, 1, 281474976710654, a",
    "2, 140737488355328, 1, 140737488355329, b",
    "2, 281474976710655, 1, 281474976710655, a"
  })
  void ordersByIdsAndTimesThatNoStoreHas(
      String idOfA, String timeOfA, String idOfB, String timeOfB, String winner)
      throws IOException {
    String set = "{\"at\":\"%s\",\"now\":%s,\"op\":\"set\",\"key\":\"x\",\"args\":[\"%s\"]},";
    Path file =
        write(
            "order.jsonl",
            "{\"types\":{},\"replicas\":{\"A\":%s,\"B\":%s},\"steps\":[".formatted(idOfA, idOfB)
                + set.formatted("A", timeOfA, "a")
                + set.formatted("B", timeOfB, "b")
                + "{\"from\":\"A\",\"to\":\"B\"},{\"from\":\"B\",\"to\":\"A\"}],"
                + "\"expect\":{\"A\":{\"x\":\"%1$s\"},\"B\":{\"x\":\"%1$s\"}}}".formatted(winner));

    assertThat(Tool.run("conform", file)).isEqualTo(new Tool(0, "1 scenarios, 0 mismatches\n", ""));
    assertThat(Tool.run("conform", "--forced", "gc", file))
        .isEqualTo(new Tool(0, "1 scenarios, 0 mismatches\n", ""));
  }

  @Test
  void aScenariosKeyMayBeEmpty() throws IOException {
    Path file =
        write(
            "empty.jsonl",
            "{\"types\":{\"\":\"or-set\",\"n\":\"g-counter\"},\"replicas\":{\"A\":1},\"steps\":["
                + "{\"at\":\"A\",\"now\":1,\"op\":\"add\",\"key\":\"\",\"args\":[\"e\"]},"
                + "{\"at\":\"A\",\"now\":1,\"op\":\"increment\",\"key\":\"n\",\"args\":[2]},"
                + "{\"at\":\"A\",\"read\":\"\",\"value\":[\"e\"]}],"
                + "\"expect\":{\"A\":{\"\":[\"e\"],\"n\":2,\"/\":[],\"/n\":[]}}}",
            "{\"types\":{},\"replicas\":{\"A\":1},\"steps\":[],\"expect\":{\"A\":{\"\":null}}}");

    assertThat(Tool.run("conform", file)).isEqualTo(new Tool(0, "2 scenarios, 0 mismatches\n", ""));
  }

  @Test
  void aScenarioMayHaveNoReplicas() throws IOException {
    Path file = write("none.jsonl", "{\"types\":{},\"replicas\":{},\"steps\":[],\"expect\":{}}");

    assertThat(Tool.run("conform", "--forced", "gc", file))
        .isEqualTo(new Tool(0, "1 scenarios, 0 mismatches\n", ""));
  }

  @Test
  void keepsTheStoresWhereAsked() throws IOException {
    Path keep = temporary.resolve("stores");

    Tool.fine("conform", "--keep", keep, write("two.jsonl", SCENARIO));

    assertThat(Tool.fine("read", keep.resolve("1-two.jsonl-1/B"), "t:x").out())
        .isEqualTo("[\"a\\u0000\",\"milk\"]\n");
    assertThat(Tool.run("conform", "--keep", keep, temporary.resolve("two.jsonl")).exitCode())
        .isEqualTo(1);
  }

  @Test
  void saysThatAFileIsMissing() {
    Tool conform = Tool.run("conform", temporary.resolve("none.jsonl"));

    assertThat(conform.exitCode()).isEqualTo(3);
    assertThat(conform.err()).startsWith("tidemark: file does not exist");
  }

  @Test
  void namesAFileThatCannotBeRead() {
    Tool conform = Tool.run("conform", temporary);

    assertThat(conform.exitCode()).isEqualTo(3);
    assertThat(conform.err())
        .startsWith("tidemark: file cannot be read or written: file=" + temporary);
  }

  @Test
  void needsAFile() {
    assertThat(Tool.run("conform").exitCode()).isEqualTo(1);
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.write(temporary.resolve(name), List.of(lines));
  }
}
