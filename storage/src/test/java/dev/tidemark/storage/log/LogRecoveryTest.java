package dev.tidemark.storage.log;

import static dev.tidemark.storage.log.LogDirectory.append;
import static dev.tidemark.storage.log.LogDirectory.readAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a crash leaves is a copy of the files of an open log. Of its twelve commits nine are synced
 * and three only appended: damage to the three is a torn tail, damage to the nine is damage.
 */
class LogRecoveryTest {
  private static final int SYNCED = 9;
  private static final int APPENDED = 12;

  private final Commits commits = new Commits();
  private final List<byte[]> bodies = new ArrayList<>();
  private final List<Long> starts = new ArrayList<>();
  private final List<Long> ends = new ArrayList<>();
  private Path root;
  private LogDirectory crashed;
  private int copies;

  @BeforeEach
  void crash(@TempDir Path path) throws IOException {
    root = path;
    LogDirectory live = new LogDirectory(Files.createDirectory(path.resolve("live")));
    try (OpLog log = live.open()) {
      for (int i = 0; i < APPENDED; i++) {
        bodies.add(commits.next(Commits.MIN_BYTES + i));
        append(log, bodies.get(i));
        if (i + 1 == SYNCED) {
          log.sync();
        }
      }
      try (LogCursor cursor = log.cursor(1)) {
        while (cursor.next()) {
          starts.add(cursor.fileOffset());
          ends.add(cursor.fileOffset() + 4 + FrameLayout.BODY + cursor.length());
        }
      }
      crashed = live.copyTo(path.resolve("crashed"));
    }
    // Less than Chronicle allocates, for the sake of the many copies.
    resize(crashed.lastDataFile(), ends.get(APPENDED - 1) + 512);
  }

  @Test
  void keepsEverythingThatWasAppendedWhenTheProcessIsKilled() throws IOException {
    try (OpLog log = crashed.open()) {
      assertThat(log.recovery().condition()).isEqualTo(LogCondition.UNSEALED);
      assertThat(log.recovery().entriesScanned()).isEqualTo(APPENDED);
      assertThat(log.recovery().segmentsSealed()).isOne();
      assertThat(log.recovery().tornBytesCut()).isZero();
      assertThat(readAll(log)).containsExactlyElementsOf(bodies);
      assertThat(log.syncedPosition()).isEqualTo(APPENDED);
      bodies.add(commits.next(200));
      assertThat(append(log, bodies.get(APPENDED))).isEqualTo(APPENDED + 1);
    }
    // Opened again, since what is appended behind damage is lost only then.
    try (OpLog log = crashed.open()) {
      assertThat(log.recovery().condition()).isEqualTo(LogCondition.CLEAN);
      assertThat(readAll(log)).containsExactlyElementsOf(bodies);
    }
  }

  @Test
  void sealsWhatACrashLeftOpenAsIfItHadBeenClosed() throws IOException {
    LogDirectory live = new LogDirectory(root.resolve("live"));
    crashed.open().close();
    assertThat(LogReader.open(crashed.files).segments())
        .isEqualTo(LogReader.open(live.files).segments());
    assertThat(Files.readAllBytes(crashed.lastDataFile()))
        .isEqualTo(Files.readAllBytes(live.lastDataFile()));
  }

  @Test
  void cutsATailThatEndsAnywhere() throws IOException {
    for (long length = ends.get(SYNCED - 1); length < ends.get(APPENDED - 1); length++) {
      LogDirectory copy = copy();
      resize(copy.lastDataFile(), length);
      assertKeeps(copy, entriesEndingBy(length));
    }
  }

  @Test
  void cutsATailOfZerosThatBeginsAnywhere() throws IOException {
    for (long from = starts.get(SYNCED); from < ends.get(APPENDED - 1); from++) {
      LogDirectory copy = copy();
      try (RandomAccessFile file = new RandomAccessFile(copy.lastDataFile().toFile(), "rw")) {
        file.seek(from);
        file.write(new byte[(int) (ends.get(APPENDED - 1) - from)]);
      }
      int whole = entriesEndingBy(from);
      // The zeros may be those that were there before.
      int kept = sameAsBefore(copy, whole) ? whole + 1 : whole;
      assertKeeps(copy, kept);
    }
  }

  @Test
  void cutsATailWithAnyByteChanged() throws IOException {
    for (int entry = SYNCED; entry < APPENDED; entry++) {
      for (long at = starts.get(entry); at < ends.get(entry); at++) {
        LogDirectory copy = copy();
        flip(copy.lastDataFile(), at, 1 << (at % 8));
        assertKeeps(copy, entry);
      }
    }
  }

  @Test
  void refusesAnyChangedByteBeforeTheMarkAndNamesThePlace() throws IOException {
    for (int entry = SYNCED - 2; entry < SYNCED; entry++) {
      for (long at = starts.get(entry); at < ends.get(entry); at++) {
        LogDirectory copy = copy();
        flip(copy.lastDataFile(), at, 1);
        Map<String, Integer> before = copy.contents();
        assertThatThrownBy(() -> copy.open(new WatchedFiles()))
            .isInstanceOf(DamagedException.class)
            .hasMessageStartingWith("log is damaged: file=" + copy.lastDataFile())
            .hasMessageContaining("offset=" + starts.get(entry) + ", ")
            .hasMessageContaining("position=" + (entry + 1) + ", ");
        assertThat(copy.contents()).isEqualTo(before);
      }
    }
  }

  @Test
  void refusesAnEntryBeforeTheMarkThatPosesAsMetadata() throws IOException {
    flip(crashed.lastDataFile(), starts.get(3) + 3, 0x40);
    assertThatThrownBy(() -> crashed.open())
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("expected=an entry, actual=one that is marked as metadata");
  }

  @Test
  void refusesALogThatEndsBeforeTheMark() throws IOException {
    resize(crashed.lastDataFile(), ends.get(6));
    assertThatThrownBy(() -> crashed.open())
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("expected=positions up to 9, actual=end of data after 7");
  }

  @Test
  void refusesALogWhoseLastSegmentIsGone() throws IOException {
    Files.delete(crashed.lastDataFile());
    assertThatThrownBy(() -> crashed.open())
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("actual=end of data after 0");
  }

  @Test
  void takesAPageThatWasNeverSavedForTorn() throws IOException {
    // The entry before last is zeros, the last is whole: pages reach the disk in any order.
    zero(crashed.lastDataFile(), starts.get(APPENDED - 2), ends.get(APPENDED - 2));
    try (OpLog log = crashed.open()) {
      assertThat(log.recovery().condition()).isEqualTo(LogCondition.TORN_TAIL);
      assertThat(log.recovery().tornBytesCut()).isPositive();
      assertThat(log.appendedPosition()).isEqualTo(APPENDED - 2);
    }
  }

  @Test
  void refusesToCallATailTornWhenTheMarkIsLost() throws IOException {
    LogDirectory whole = copy();
    flip(crashed.lastDataFile(), starts.get(APPENDED - 1) + 10, 1);
    Files.delete(crashed.files.durableMark());
    assertThatThrownBy(() -> crashed.open()).isInstanceOf(DamagedException.class);

    Files.delete(whole.files.durableMark());
    try (OpLog log = whole.open()) {
      assertThat(readAll(log)).containsExactlyElementsOf(bodies);
    }
  }

  @Test
  void removesASegmentThatWasCreatedAndNeverWritten() throws IOException {
    Files.createDirectory(crashed.files.segment(2));
    Path half = Files.createDirectory(crashed.files.segment(3)).resolve("19700101S.cq4");
    resize(Files.createFile(half), 4096);
    try (OpLog log = crashed.open()) {
      assertThat(log.recovery().emptySegmentsRemoved()).isEqualTo(2);
      assertThat(log.recovery().condition()).isEqualTo(LogCondition.UNSEALED);
      append(log, commits.next(100));
    }
    try (OpLog log = crashed.open()) {
      assertThat(log.segments()).extracting(SegmentInfo::number).containsExactly(1L, 2L);
    }
  }

  @Test
  void refusesABadEntryInASegmentThatHasASuccessor() throws IOException {
    LogDirectory second = copy();
    try (OpLog log = second.open()) {
      append(log, commits.next(100));
      log.sync();
      second.copyTo(root.resolve("two"));
    }
    // As if the catalogue of the first had been lost with it: the first is unsealed again, and
    // torn.
    LogDirectory both = new LogDirectory(root.resolve("two"));
    Files.copy(
        crashed.files.catalogue(),
        both.files.catalogue(),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    resize(both.files.segment(1).resolve(both.lastDataFile().getFileName()), ends.get(10) + 7);
    assertThatThrownBy(both::open)
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining(StoreFiles.segmentName(1));
  }

  @Test
  void refusesASealedSegmentOfAnotherLengthOrNone() throws IOException {
    crashed.open().close();
    LogDirectory shorter = copy();
    Path file = shorter.lastDataFile();
    long length = Files.size(file);
    resize(file, length - 1);
    assertThatThrownBy(shorter::open)
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("expected=" + length + " bytes, actual=" + (length - 1) + " bytes");
    Files.delete(file);
    assertThatThrownBy(shorter::open)
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("expected=one data file, actual=0 data files");
    Files.delete(file.getParent());
    assertThatThrownBy(shorter::open)
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("actual=no directory");
  }

  @Test
  void refusesALogWithoutItsCatalogue() throws IOException {
    Files.delete(crashed.files.catalogue());
    assertThatThrownBy(() -> crashed.open())
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("expected=the catalogue of the segments, actual=no file");
    Files.delete(crashed.lastDataFile());
    Files.delete(crashed.files.segment(1).resolve("metadata.cq4t"));
    Files.delete(crashed.files.segment(1));
    assertThatThrownBy(() -> crashed.open()).isInstanceOf(DamagedException.class);
  }

  @Test
  void refusesTheLogOfAnotherStore() {
    byte[] other = new byte[16];
    assertThatThrownBy(() -> OpLog.open(crashed.files, other, LogDirectory.SMALL))
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageStartingWith("file belongs to another store");
  }

  @Test
  void finishesARecoveryThatFailedAtAnyForce() throws IOException {
    resize(crashed.lastDataFile(), ends.get(10) + 5);
    for (int nth = 1; ; nth++) {
      LogDirectory copy = copy();
      WatchedFiles failing = new WatchedFiles();
      failing.failAtForce = nth;
      try {
        copy.open(failing).close();
        assertThat(nth).isGreaterThan(5);
        return;
      } catch (StoreUnusableException injected) {
        assertKeeps(copy, 11);
      }
    }
  }

  private void assertKeeps(LogDirectory directory, int entries) throws IOException {
    try (OpLog log = directory.open(new WatchedFiles())) {
      assertThat(readAll(log)).containsExactlyElementsOf(bodies.subList(0, entries));
      assertThat(log.appendedPosition()).isEqualTo(entries);
    }
    assertThat(LogReader.open(directory.files).refusal()).isEmpty();
  }

  private int entriesEndingBy(long length) {
    return (int) ends.stream().filter(end -> end <= length).count();
  }

  private boolean sameAsBefore(LogDirectory copy, int entry) throws IOException {
    byte[] now = Files.readAllBytes(copy.lastDataFile());
    byte[] before = Files.readAllBytes(crashed.lastDataFile());
    int from = Math.toIntExact(starts.get(entry));
    int to = Math.toIntExact(ends.get(entry));
    return java.util.Arrays.equals(now, from, to, before, from, to);
  }

  private LogDirectory copy() throws IOException {
    return crashed.copyTo(root.resolve("copy" + copies++));
  }

  private static void resize(Path path, long length) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(length);
    }
  }

  private static void zero(Path path, long from, long to) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(from);
      file.write(new byte[(int) (to - from)]);
    }
  }

  private static void flip(Path path, long at, int bits) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(at);
      int old = file.read();
      file.seek(at);
      file.write(old ^ bits);
    }
  }
}
