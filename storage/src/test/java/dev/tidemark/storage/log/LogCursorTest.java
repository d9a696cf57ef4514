package dev.tidemark.storage.log;

import static dev.tidemark.storage.log.LogDirectory.append;
import static dev.tidemark.storage.log.LogDirectory.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.error.DamagedException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCursorTest {
  private final Commits commits = new Commits();
  private LogDirectory directory;
  private OpLog log;

  @BeforeEach
  void open(@TempDir Path path) {
    directory = new LogDirectory(path);
    log = directory.open();
  }

  @AfterEach
  void close() {
    log.close();
  }

  private List<byte[]> appendMany(int count, int length) {
    List<byte[]> bodies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      bodies.add(commits.next(length));
      append(log, bodies.get(i));
    }
    return bodies;
  }

  @Test
  void seesWhatIsAppendedAfterItHasReachedTheEnd() {
    try (LogCursor cursor = log.cursor(1)) {
      assertThat(cursor.next()).isFalse();
      for (int i = 0; i < 1_500; i++) {
        byte[] body = commits.next(Commits.MIN_BYTES + i % 200);
        append(log, body);
        assertThat(read(cursor)).containsExactly(body);
        if (i % 400 == 0) {
          log.roll();
        }
      }
      assertThat(log.segments()).hasSizeGreaterThan(3);
    }
  }

  @Test
  void readsFromAnyPositionToAnyOther() {
    List<byte[]> bodies = appendMany(900, 200);
    for (int from = 1; from <= 901; from += 60) {
      try (LogCursor cursor = log.cursor(from, from + 99)) {
        int to = Math.min(900, from + 99);
        assertThat(read(cursor)).containsExactlyElementsOf(bodies.subList(from - 1, to));
        assertThat(cursor.next()).isFalse();
      }
    }
  }

  @Test
  void tellsWhereEachCommitIs() {
    appendMany(2, 60);
    try (LogCursor cursor = log.cursor(2)) {
      assertThatThrownBy(cursor::position).isInstanceOf(IllegalStateException.class);
      assertThat(cursor.next()).isTrue();
      assertThat(cursor.position()).isEqualTo(2);
      assertThat(cursor.segment()).isEqualTo(1);
      assertThat(cursor.length()).isEqualTo(60);
      long firstEnd = cursor.fileOffset();
      assertThat(log.segments().get(0).bytes()).isEqualTo(firstEnd + 4 + FrameLayout.BODY + 60);
      assertThat(cursor.next()).isFalse();
      assertThatThrownBy(cursor::array).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void refusesPositionsBelowTheFirst() {
    assertThatThrownBy(() -> log.cursor(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void stopsAtDamageEveryTimeItIsAsked() throws IOException {
    appendMany(10, 100);
    long offset;
    try (LogCursor cursor = log.cursor(5)) {
      cursor.next();
      offset = cursor.fileOffset();
    }
    try (RandomAccessFile file = new RandomAccessFile(directory.lastDataFile().toFile(), "rw")) {
      file.seek(offset + 60);
      file.write(~file.read());
    }
    try (LogCursor cursor = log.cursor(1)) {
      for (int i = 1; i < 5; i++) {
        assertThat(cursor.next()).isTrue();
      }
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(cursor::next)
            .isInstanceOf(DamagedException.class)
            .hasMessageContaining("offset=" + offset)
            .hasMessageContaining("position=5");
      }
    }
  }

  @Test
  void readsTheSameWhileAnotherThreadAppendsAndRolls() throws Exception {
    int count = 20_000;
    List<byte[]> bodies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      bodies.add(commits.next(Commits.MIN_BYTES + i % 150));
    }
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread writer = new Thread(() -> bodies.forEach(body -> append(log, body)));
    writer.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
    writer.start();
    try (LogCursor cursor = log.cursor(1)) {
      int seen = 0;
      while (seen < count && failure.get() == null) {
        if (cursor.next()) {
          assertThat(cursor.position()).isEqualTo(seen + 1);
          assertThat(
                  java.util.Arrays.copyOfRange(
                      cursor.array(), cursor.offset(), cursor.offset() + cursor.length()))
              .isEqualTo(bodies.get(seen));
          seen++;
        } else {
          Thread.onSpinWait();
        }
      }
    }
    writer.join();
    assertThat(failure.get()).isNull();
  }

  @Test
  void leavesNoFileOpen() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(descriptors), "no /proc here");
    appendMany(900, 200);
    log.roll();
    for (int i = 0; i < 50; i++) {
      try (LogCursor cursor = log.cursor(1)) {
        assertThat(read(cursor)).hasSize(900);
        assertThat(openFilesOfTheLog(descriptors)).isOne();
      }
    }
    assertThat(openFilesOfTheLog(descriptors)).isZero();
    log.close();
  }

  private long openFilesOfTheLog(Path descriptors) throws IOException {
    try (Stream<Path> open = Files.list(descriptors)) {
      return open.filter(this::isFileOfTheLog).count();
    }
  }

  private boolean isFileOfTheLog(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith(directory.files.log().toRealPath());
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }
}
