package dev.tidemark.storage.log;

import static dev.tidemark.storage.log.LogDirectory.append;
import static dev.tidemark.storage.log.LogDirectory.readAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.StorePoisonedException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log does when it is refused room on the disk, at each place where it asks for it. */
class LogSpaceTest {
  private static final int BODY = 4_000;

  private final Commits commits = new Commits();
  private final WatchedFiles disk = new WatchedFiles();
  private final List<byte[]> kept = new ArrayList<>();
  private LogDirectory directory;

  @BeforeEach
  void inANewDirectory(@TempDir Path path) {
    directory = new LogDirectory(path);
  }

  private void appendSome(OpLog log, int count) {
    for (int i = 0; i < count; i++) {
      byte[] body = commits.next(BODY);
      append(log, body);
      kept.add(body);
    }
  }

  private void expectAllAfterReopening() {
    try (OpLog log = directory.open()) {
      assertThat(readAll(log)).containsExactlyElementsOf(kept);
      appendSome(log, 1);
    }
    try (OpLog log = directory.open()) {
      assertThat(log.recovery().condition()).isEqualTo(LogCondition.CLEAN);
      assertThat(readAll(log)).containsExactlyElementsOf(kept);
    }
  }

  @Test
  void leavesNothingOfASegmentThatFindsNoRoom() throws IOException {
    try (OpLog log = directory.open(disk)) {
      byte[] body = commits.next(BODY);
      disk.full = true;
      assertThatThrownBy(() -> append(log, body)).isInstanceOf(OutOfSpaceException.class);
      assertThat(SegmentFiles.list(directory.files)).isEmpty();
      disk.full = false;
      append(log, body);
      kept.add(body);
      appendSome(log, 3);
      assertThat(readAll(log)).containsExactlyElementsOf(kept);
    }
    expectAllAfterReopening();
  }

  @Test
  void isRefusedRoomInTheMiddleOfASegmentAndGoesOn() {
    try (OpLog log = OpLog.open(directory.files, LogDirectory.STORE_ID, LogOptions.DEFAULT, disk)) {
      appendSome(log, 1);
      disk.full = true;
      byte[] refused = fillRoom(log);
      log.sync();
      assertThat(readAll(log)).containsExactlyElementsOf(kept);
      disk.full = false;
      append(log, refused);
      kept.add(refused);
      appendSome(log, 100);
    }
    expectAllAfterReopening();
  }

  /** Appends in what was taken ahead until there is no more; gives what was refused. */
  private byte[] fillRoom(OpLog log) {
    while (true) {
      byte[] body = commits.next(BODY);
      try {
        append(log, body);
      } catch (OutOfSpaceException full) {
        return body;
      }
      kept.add(body);
    }
  }

  @Test
  void entersASealedSegmentInTheCatalogueOnceThereIsRoomForThat() {
    try (OpLog log = directory.open(disk)) {
      appendSome(log, 3);
      disk.full = true;
      assertThatThrownBy(log::roll).isInstanceOf(OutOfSpaceException.class);
      byte[] refused = commits.next(BODY);
      assertThatThrownBy(() -> append(log, refused)).isInstanceOf(OutOfSpaceException.class);
      log.sync();
      assertThat(log.syncedPosition()).isEqualTo(3);
      assertThat(readAll(log)).containsExactlyElementsOf(kept);
      disk.full = false;
      append(log, refused);
      kept.add(refused);
      appendSome(log, 1);
      assertThat(log.segments()).hasSize(2);
    }
    expectAllAfterReopening();
  }

  @Test
  void leavesTheCatalogueToTheNextOpenWhenItIsClosedWithoutRoom() {
    OpLog log = directory.open(disk);
    appendSome(log, 3);
    disk.full = true;
    log.close();
    expectAllAfterReopening();
  }

  /**
   * A page that cannot be had under a mapping is an InternalError, thrown in whatever its thread
   * does next: here because the file was cut by somebody else.
   */
  @Test
  void stopsForGoodAtAFaultOfAMappedPage() throws IOException {
    OpLog log = directory.open(disk);
    appendSome(log, 1);
    log.sync();
    try (RandomAccessFile file = new RandomAccessFile(directory.lastDataFile().toFile(), "rw")) {
      file.setLength(0);
    }
    assertThatThrownBy(
            () -> {
              while (true) {
                append(log, commits.next(BODY));
              }
            })
        .isInstanceOfAny(StorePoisonedException.class, InternalError.class);
    assertThatThrownBy(log::sync)
        .isInstanceOf(StorePoisonedException.class)
        .hasRootCauseInstanceOf(InternalError.class);
    assertThatThrownBy(log::roll).isInstanceOf(StorePoisonedException.class);
    log.close();
  }
}
