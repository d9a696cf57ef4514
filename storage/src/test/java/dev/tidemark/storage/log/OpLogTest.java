package dev.tidemark.storage.log;

import static dev.tidemark.storage.log.LogDirectory.append;
import static dev.tidemark.storage.log.LogDirectory.readAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Limits;
import dev.tidemark.error.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpLogTest {
  private final Commits commits = new Commits();
  private LogDirectory directory;

  @BeforeEach
  void inANewDirectory(@TempDir Path path) {
    directory = new LogDirectory(path);
  }

  @Test
  void readsBackWhatWasAppendedAcrossSegments() {
    List<byte[]> appended = new ArrayList<>();
    try (OpLog log = directory.open()) {
      assertThat(log.recovery().condition()).isEqualTo(LogCondition.ABSENT);
      for (int i = 0; i < 2_000; i++) {
        byte[] body = commits.next(Commits.MIN_BYTES + i % 300);
        assertThat(append(log, body)).isEqualTo(i + 1);
        appended.add(body);
      }
      assertThat(log.segments()).hasSizeGreaterThan(4);
      assertThat(readAll(log)).containsExactlyElementsOf(appended);
    }
    try (OpLog log = directory.open()) {
      assertThat(log.recovery().condition()).isEqualTo(LogCondition.CLEAN);
      assertThat(log.appendedPosition()).isEqualTo(2_000);
      assertThat(log.syncedPosition()).isEqualTo(2_000);
      assertThat(readAll(log)).containsExactlyElementsOf(appended);
    }
  }

  @Test
  void takesEntriesOfEverySizeUpToTheLimit() {
    List<byte[]> appended = new ArrayList<>();
    try (OpLog log = directory.open()) {
      for (int size = Commits.MIN_BYTES; size < Limits.MAX_COMMIT_BYTES; size = size * 2 + 1) {
        appended.add(commits.next(size));
      }
      appended.add(commits.next(Limits.MAX_COMMIT_BYTES));
      for (int i = 0; i < 9; i++) {
        appended.add(commits.next(Commits.MIN_BYTES + i));
      }
      appended.forEach(body -> append(log, body));
      assertThat(readAll(log)).containsExactlyElementsOf(appended);
    }
    try (OpLog log = directory.open()) {
      assertThat(readAll(log)).containsExactlyElementsOf(appended);
    }
  }

  @Test
  void neverAppendsToASegmentFoundOnDisk() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (OpLog log = directory.open()) {
        Path before = i == 0 ? null : directory.lastDataFile();
        byte[] bytes = before == null ? new byte[0] : Files.readAllBytes(before);
        append(log, commits.next(100));
        assertThat(log.segments()).hasSize(i + 1);
        if (before != null) {
          assertThat(Files.readAllBytes(before)).isEqualTo(bytes);
        }
      }
    }
  }

  @Test
  void createsNoSegmentBeforeTheFirstAppend() throws IOException {
    directory.open().close();
    directory.open().close();
    try (Stream<Path> entries = Files.list(directory.files.log())) {
      assertThat(entries).containsExactly(directory.files.catalogue());
    }
  }

  @Test
  void refusesWhatIsNoCommitAndStaysUsable() {
    try (OpLog log = directory.open()) {
      byte[] garbage = new byte[50];
      assertThatThrownBy(() -> append(log, garbage)).isInstanceOf(MalformedException.class);
      byte[] tooLarge = new byte[Limits.MAX_COMMIT_BYTES + 1];
      assertThatThrownBy(() -> append(log, tooLarge)).isInstanceOf(IllegalArgumentException.class);
      assertThat(append(log, commits.next(100))).isEqualTo(1);
      byte[] skipped = commits.next(100);
      byte[] gap = commits.next(100);
      assertThatThrownBy(() -> append(log, gap)).isInstanceOf(AssertionError.class);
      assertThat(append(log, skipped)).isEqualTo(2);
      assertThat(append(log, gap)).isEqualTo(3);
    }
  }

  @Test
  void refusesEverythingAfterClose() {
    OpLog log = directory.open();
    append(log, commits.next(100));
    LogCursor cursor = log.cursor(1);
    log.close();
    log.close();
    assertThatThrownBy(() -> append(log, commits.next(100)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("log is closed");
    assertThatThrownBy(cursor::next).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> log.cursor(1)).isInstanceOf(IllegalStateException.class);
    cursor.close();
  }

  @Test
  void staysSmallOverManyOpenings() throws IOException {
    for (int i = 0; i < 200; i++) {
      try (OpLog log = directory.open(new WatchedFiles())) {
        append(log, commits.next(100));
      }
    }
    try (Stream<Path> tree = Files.walk(directory.files.directory())) {
      long bytes =
          tree.filter(Files::isRegularFile).mapToLong(path -> path.toFile().length()).sum();
      assertThat(bytes).isLessThan(300_000);
    }
    try (OpLog log = directory.open()) {
      assertThat(readAll(log)).hasSize(200);
    }
  }
}
