package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.tools.output.Printer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private static final String COMMANDS =
      "conform replay update read scan schema log verify status stat why checkpoint recover load check snapshot"
          + " restore verify-snapshot truncate compact members ring blobs serve peers conflicts";

  @Test
  void helpNamesEveryCommand() {
    Tool help = Tool.fine("--help");

    assertThat(help.out()).contains(COMMANDS.split(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "conform",
        "replay",
        "update",
        "read",
        "scan",
        "schema",
        "log",
        "verify",
        "status",
        "stat",
        "why",
        "checkpoint",
        "recover",
        "load",
        "check",
        "snapshot",
        "restore",
        "verify-snapshot",
        "truncate",
        "compact",
        "members",
        "ring",
        "blobs",
        "serve",
        "peers",
        "conflicts"
      })
  void everyCommandHasHelpWithExamplesAndExitCodes(String command) {
    Tool help = Tool.fine(command, "--help");

    assertThat(help.out()).contains("Exit codes:", "  0   ", "  3   ");
    assertThat(help.out()).contains("Examples:", "  tidemark " + command + " ");
    assertThat(Tool.fine(command, "--version").out()).startsWith("tidemark ");
  }

  @Test
  void crashTestHasHelpWithExamplesAndExitCodes() {
    Tool help = Tool.fine("crash-test", "--help");

    assertThat(help.out()).contains("Exit codes:", "  tidemark crash-test --rounds ");
  }

  @Test
  void clusterDemoHasHelpWithExamplesAndExitCodes() {
    Tool help = Tool.fine("cluster-demo", "--help");

    assertThat(help.out()).contains("Exit codes:", "  tidemark cluster-demo --keep ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "read", "read --nonsense a b", "scan a b --limit x", "log"})
  void aWrongCommandLineIsOneLineThatPointsToTheHelp(String line) {
    Tool tool = Tool.run((Object[]) line.split(" "));

    assertThat(tool.exitCode()).isEqualTo(1);
    assertThat(tool.out()).isEmpty();
    assertThat(tool.err().lines()).hasSize(1);
    assertThat(tool.err()).startsWith("tidemark: ").contains("--help'");
  }

  @Test
  void noCommandAtAllShowsTheUsage() {
    Tool tool = Tool.run();

    assertThat(tool.exitCode()).isEqualTo(1);
    assertThat(tool.err()).startsWith("Usage: tidemark");
  }

  @Test
  void aStackTraceComesOnlyWhenAskedFor() {
    assertThat(Tool.run("read", "/nonexistent", "k").err()).doesNotContain("\tat ");
    assertThat(Tool.run("read", "/nonexistent", "k", "--stacktrace").err()).contains("\tat ");
  }

  /**
   * Reporting the failure wrote to the full output once more, and a stack trace was all it gave.
   */
  @Test
  void tellsInOneLineThatTheOutputIsFull(@TempDir Path directory) {
    Tool.fine("update", directory.resolve("store"), "k", "set", "v", "--schema", "=lww-register");
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    int exitCode =
        Main.run(new Printer(full, err, false), "log", directory.resolve("store").toString());

    assertThat(exitCode).isEqualTo(3);
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .startsWith("tidemark: output cannot be written: reason=No space left on device");
  }
}
