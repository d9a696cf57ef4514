package dev.tidemark.storage.log;

import static dev.tidemark.storage.log.LogDirectory.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.error.StoreUnusableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store was upgraded, wrote an entry of a newer format, was killed and opened with the old
 * version again: the entry was whole, yet it was cut off as a torn tail, and the commit was lost.
 */
class NewerFormatTest {
  private static final int DOCUMENT_HEADER = 4;

  @TempDir private Path root;

  @Test
  void refusesAWholeEntryOfANewerFormatAndLeavesItWhereItIs() throws IOException {
    LogDirectory live = new LogDirectory(Files.createDirectory(root.resolve("live")));
    LogDirectory crashed;
    long lastStart = 0;
    int lastLength = 0;
    try (OpLog log = live.open()) {
      Commits commits = new Commits();
      append(log, commits.next(Commits.MIN_BYTES));
      append(log, commits.next(Commits.MIN_BYTES));
      try (LogCursor cursor = log.cursor(1)) {
        while (cursor.next()) {
          lastStart = cursor.fileOffset() + DOCUMENT_HEADER;
          lastLength = cursor.length();
        }
      }
      crashed = live.copyTo(root.resolve("crashed"));
    }
    byte[] file = Files.readAllBytes(crashed.lastDataFile());
    byte[] before = upgrade(file, (int) lastStart, lastLength);
    Files.write(crashed.lastDataFile(), before);

    assertThatThrownBy(crashed::open)
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageContaining("entries of a newer format")
        .hasMessageContaining("version=2");
    assertThat(Files.readAllBytes(crashed.lastDataFile())).isEqualTo(before);
  }

  /** Gives an entry another version, with the checksum that goes with it. */
  private static byte[] upgrade(byte[] file, int frameAt, int bodyLength) {
    file[frameAt + FrameLayout.VERSION] = FrameLayout.VERSION_VALUE + 1;
    int checksum = new Frame().checksum(file, frameAt, bodyLength);
    for (int i = 0; i < Integer.BYTES; i++) {
      file[frameAt + FrameLayout.CRC + i] = (byte) (checksum >>> (8 * i));
    }
    return file;
  }
}
