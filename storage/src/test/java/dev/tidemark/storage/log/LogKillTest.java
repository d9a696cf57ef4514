package dev.tidemark.storage.log;

import static dev.tidemark.storage.log.LogDirectory.append;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.storage.file.StoreFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that appends and says so is killed without warning, several times over. */
class LogKillTest {
  private static final int ROUNDS = 3;

  @Test
  void losesNoCommitThatAKilledProcessHadAppended(@TempDir Path path) throws Exception {
    LogDirectory directory = new LogDirectory(path);
    long before = 0;
    for (int round = 1; round <= ROUNDS; round++) {
      long told = killWhenItHasTold(path, before + 1_000L * round);
      try (OpLog log = directory.open()) {
        assertThat(log.appendedPosition()).isGreaterThanOrEqualTo(told);
        assertThat(log.recovery().segmentsSealed()).isLessThanOrEqualTo(2);
        assertThat(log.recovery().tornBytesCut()).isLessThan(Writer.LENGTH + 28);
        Commits expected = new Commits();
        try (LogCursor cursor = log.cursor(1)) {
          while (cursor.next()) {
            int at = cursor.offset();
            assertThat(cursor.array())
                .as("position %d", cursor.position())
                .satisfies(
                    array ->
                        assertThat(java.util.Arrays.copyOfRange(array, at, at + cursor.length()))
                            .isEqualTo(expected.next(Writer.LENGTH)));
          }
        }
        before = log.appendedPosition();
      }
    }
  }

  /** The last position that the process told before it died. */
  private static long killWhenItHasTold(Path directory, long position) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String open : List.of("java.lang.reflect", "sun.nio.ch")) {
      command.addAll(List.of("--add-opens", "java.base/" + open + "=ALL-UNNAMED"));
    }
    command.addAll(List.of("--add-exports", "java.base/jdk.internal.misc=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Writer.class.getName(), directory.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    long told = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // The last line may be cut, which only makes its number smaller.
        told = Math.max(told, Long.parseLong(line));
        if (told >= position) {
          process.destroyForcibly();
        }
      }
    } catch (IOException killedInTheMiddleOfALine) {
      // What was told before counts.
    }
    process.waitFor();
    return told;
  }

  /** Appends for ever, and tells every position by a line of its own. */
  static final class Writer {
    static final int LENGTH = 150;

    public static void main(String[] arguments) {
      StoreFiles files = new StoreFiles(Path.of(arguments[0]));
      OpLog log = OpLog.open(files, LogDirectory.STORE_ID, LogDirectory.SMALL);
      Commits commits = new Commits();
      for (long skipped = 0; skipped < log.appendedPosition(); skipped++) {
        commits.next(LENGTH);
      }
      StringBuilder line = new StringBuilder();
      while (true) {
        line.setLength(0);
        line.append(append(log, commits.next(LENGTH))).append('\n');
        byte[] bytes = line.toString().getBytes(StandardCharsets.US_ASCII);
        System.out.write(bytes, 0, bytes.length);
        System.out.flush();
      }
    }
  }
}
