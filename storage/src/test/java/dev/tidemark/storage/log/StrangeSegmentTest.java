package dev.tidemark.storage.log;

import static dev.tidemark.storage.log.LogDirectory.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.error.DamagedException;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The unsealed segment of a killed store was replaced by that of another, which begins at position
 * 1 as well. It was sealed as this store's own, and the store showed the other one's values.
 */
class StrangeSegmentTest {
  private static final byte[] OTHER = "fedcba9876543210".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path parent;

  @Test
  void refusesTheSegmentOfAnotherStoreAlthoughItsPositionsFit() throws IOException {
    LogDirectory ours = killed("ours", LogDirectory.STORE_ID);
    LogDirectory theirs = killed("theirs", OTHER);
    Files.copy(theirs.lastDataFile(), ours.lastDataFile(), StandardCopyOption.REPLACE_EXISTING);
    var before = ours.contents();
    assertThatThrownBy(ours::open)
        .isInstanceOf(DamagedException.class)
        .hasMessageStartingWith("log is damaged: file=" + ours.lastDataFile())
        .hasMessageContaining("expected=entries of this store, actual=those of another");
    assertThat(ours.contents()).isEqualTo(before);
  }

  private LogDirectory killed(String name, byte[] storeId) throws IOException {
    LogDirectory live = new LogDirectory(Files.createDirectory(parent.resolve(name + "-live")));
    try (OpLog log =
        OpLog.open(new StoreFiles(live.files.directory()), storeId, LogDirectory.SMALL)) {
      Commits commits = new Commits();
      append(log, commits.next(100));
      append(log, commits.next(200));
      log.sync();
      return live.copyTo(parent.resolve(name));
    }
  }
}
