package dev.tidemark.storage.log;

import static dev.tidemark.storage.log.LogDirectory.append;
import static dev.tidemark.storage.log.LogDirectory.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {
  private final Commits commits = new Commits();
  private LogDirectory directory;

  @BeforeEach
  void inANewDirectory(@TempDir Path path) {
    directory = new LogDirectory(path);
  }

  @Test
  void findsNothingWhereThereIsNoLog() throws IOException {
    try (LogReader reader = LogReader.open(directory.files)) {
      assertThat(reader.segments()).isEmpty();
      assertThat(reader.lastPosition()).isZero();
      assertThat(reader.refusal()).isEmpty();
      assertThat(reader.durableMark()).isEmpty();
      assertThat(reader.cursor(1).next()).isFalse();
    }
    assertThat(directory.contents()).hasSize(1);
  }

  @Test
  void readsALogThatIsOpenAndChangesNoByteOfIt() throws IOException {
    List<byte[]> bodies = new ArrayList<>();
    try (OpLog log = directory.open()) {
      for (int i = 0; i < 700; i++) {
        bodies.add(commits.next(200));
        append(log, bodies.get(i));
      }
      log.sync();
      Map<String, Integer> before = directory.contents();
      Map<String, FileTime> times = modified();
      try (LogReader reader = LogReader.open(directory.files);
          LogCursor cursor = reader.cursor(1)) {
        assertThat(reader.segments()).isEqualTo(log.segments());
        assertThat(reader.lastPosition()).isEqualTo(700);
        assertThat(reader.durableMark()).hasValue(700);
        assertThat(reader.tail()).isEmpty();
        assertThat(reader.refusal()).isEmpty();
        assertThat(read(cursor)).containsExactlyElementsOf(bodies);
        for (SegmentInfo segment : reader.segments()) {
          assertThat(reader.verify(segment)).isEmpty();
        }
      }
      assertThat(directory.contents()).isEqualTo(before);
      assertThat(modified()).isEqualTo(times);
    }
  }

  @Test
  void verifyFindsAChangedByteInASealedSegment() throws IOException {
    try (OpLog log = directory.open()) {
      for (int i = 0; i < 100; i++) {
        append(log, commits.next(100));
      }
    }
    long length = Files.size(directory.lastDataFile());
    try (RandomAccessFile file = new RandomAccessFile(directory.lastDataFile().toFile(), "rw")) {
      file.seek(length - 50);
      file.write(~file.read());
    }
    try (LogReader reader = LogReader.open(directory.files)) {
      SegmentInfo segment = reader.segments().get(0);
      Damage damage = reader.verify(segment).orElseThrow();
      assertThat(damage.position()).isEqualTo(100);
      assertThat(damage.file()).isEqualTo(directory.lastDataFile());
      assertThat(damage.exception()).hasMessageContaining("expected=crc32c ");
    }
  }

  @Test
  void verifyFindsAnotherSegmentThatIsWholeInItself() throws IOException {
    try (OpLog log = directory.open()) {
      append(log, commits.next(100));
    }
    Path file = directory.lastDataFile();
    LogDirectory other = new LogDirectory(Files.createDirectory(directory.files.state()));
    try (OpLog log = other.open()) {
      append(log, new Commits().next(9, 100, dev.tidemark.engine.causality.VersionVector.EMPTY));
    }
    Files.write(file, Files.readAllBytes(other.lastDataFile()));
    try (LogReader reader = LogReader.open(directory.files)) {
      assertThat(reader.verify(reader.segments().get(0))).isPresent();
    }
  }

  @Test
  void showsWhatIsLeftOfALogThatIsRefused() throws IOException {
    try (OpLog log = directory.open()) {
      append(log, commits.next(100));
      log.roll();
      append(log, commits.next(100));
    }
    Path lost = directory.files.segment(1);
    try (Stream<Path> inside = Files.list(lost)) {
      for (Path path : inside.toList()) {
        Files.delete(path);
      }
    }
    try (LogReader reader = LogReader.open(directory.files);
        LogCursor second = reader.cursor(2)) {
      assertThat(reader.refusal()).isPresent();
      assertThat(read(second)).hasSize(1);
      assertThatThrownBy(() -> read(reader.cursor(1))).hasMessageContaining(lost.toString());
    }
  }

  private Map<String, FileTime> modified() throws IOException {
    Map<String, FileTime> times = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(directory.files.directory())) {
      for (Path path : tree.toList()) {
        times.put(path.toString(), Files.getLastModifiedTime(path));
      }
    }
    return times;
  }
}
