package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrashTestCommandTest {
  private static final int MANY = Boolean.getBoolean("tidemark.nightly") ? 20 : 1;

  @TempDir Path directory;

  /** The first rounds of a seed aim at other moments than those of the next. */
  @ParameterizedTest
  @CsvSource({"1, 6", "17, 3", "49, 3"})
  void killedStoresKeepAllThatTheyAcknowledged(int first, int rounds) {
    Tool tool =
        Tool.run(
            "crash-test",
            "--rounds",
            rounds * MANY,
            "--first",
            first,
            "--seed",
            20,
            "--dir",
            directory);

    assertThat(tool.exitCode()).as(tool.toString()).isZero();
    assertThat(tool.lastLine())
        .startsWith(rounds * MANY + " rounds, ")
        .endsWith(", 0 lost, 0 wrong")
        .doesNotContain(" 0 kills", " 0 acknowledged");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void knowsItsSteps() {
    Tool tool = Tool.run("crash-test", "--point", "nonsense");

    assertThat(tool.exitCode()).isEqualTo(1);
    assertThat(tool.err()).contains("there is no such step").contains("segment_seal");
  }
}
