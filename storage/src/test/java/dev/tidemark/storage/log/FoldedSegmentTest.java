package dev.tidemark.storage.log;

import static dev.tidemark.storage.log.LogDirectory.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.error.DamagedException;
import dev.tidemark.storage.run.RunRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldedSegmentTest {
  private static final List<RunRecord> RECORDS =
      List.of(Runs.one("a", "1"), Runs.one("b", "2"), Runs.one("b", "3"));

  private final Commits commits = new Commits();

  @TempDir private Path root;

  private LogDirectory directory() throws IOException {
    return new LogDirectory(Files.createDirectory(root.resolve("store")));
  }

  /** Five segments of three commits each. */
  private void fill(OpLog log) {
    for (int i = 0; i < 15; i++) {
      append(log, commits.next(1 + i % 2, 100, VersionVector.EMPTY));
      if (i % 3 == 2) {
        log.roll();
      }
    }
  }

  private record Item(long first, long last, List<RunRecord> records) {
    static List<Item> of(LogCursor cursor) {
      List<Item> items = new ArrayList<>();
      while (cursor.next()) {
        List<RunRecord> records = cursor.isRun() ? Runs.read(cursor.records()) : List.of();
        items.add(new Item(cursor.firstPosition(), cursor.position(), records));
      }
      return items;
    }

    static List<Item> of(OpLog log, long from) {
      try (LogCursor cursor = log.cursor(from)) {
        return of(cursor);
      }
    }
  }

  private static void swap(OpLog log, int from, int to) {
    List<SegmentInfo> originals = log.segments().subList(from, to);
    log.swap(originals, Runs.folded(log, originals, RECORDS));
  }

  @Test
  void standsForTheSegmentsItReplacesAlsoAfterTheNextOpen() throws IOException {
    LogDirectory directory = directory();
    List<Item> items;
    try (OpLog log = directory.open()) {
      fill(log);
      append(log, commits.next(1, 100, VersionVector.EMPTY));
      swap(log, 1, 4);
      items = Item.of(log, 1);
      assertThat(items).hasSize(8).contains(new Item(4, 12, RECORDS));
      assertThat(Item.of(log, 12)).first().isEqualTo(new Item(4, 12, RECORDS));
      assertThat(Item.of(log, 13)).first().isEqualTo(new Item(13, 13, List.of()));
      assertThat(log.segments()).hasSize(4);
    }
    try (LogReader reader = LogReader.open(directory.files)) {
      assertThat(reader.refusal()).isEmpty();
      for (SegmentInfo segment : reader.segments()) {
        assertThat(reader.verify(segment)).isEmpty();
      }
      SegmentInfo folded = reader.segments().get(1);
      assertThat(folded.isFolded()).isTrue();
      assertThat(folded.coverage())
          .extracting(OriginCoverage::before, OriginCoverage::after)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple(2L, 6L),
              org.assertj.core.groups.Tuple.tuple(1L, 6L));
    }
    try (OpLog log = directory.open()) {
      assertThat(Item.of(log, 1)).isEqualTo(items);
      // Numbers do not ascend with positions any more, and the next is still one of its own.
      assertThat(append(log, commits.next(2, 100, VersionVector.EMPTY))).isEqualTo(17);
      swap(log, 0, 4);
      assertThat(Item.of(log, 1)).startsWith(new Item(1, 16, RECORDS)).hasSize(2);
    }
  }

  @Test
  void letsACursorFinishTheSegmentItIsIn() throws IOException {
    try (OpLog log = directory().open()) {
      fill(log);
      try (LogCursor cursor = log.cursor(4)) {
        cursor.next();
        swap(log, 0, 5);
        assertThat(cursor.isRun()).isFalse();
        assertThat(Item.of(cursor))
            .containsExactly(
                new Item(5, 5, List.of()), new Item(6, 6, List.of()), new Item(1, 15, RECORDS));
      }
      try (LogCursor cursor = log.cursor(15)) {
        assertThat(cursor.next()).isTrue();
        swap(log, 0, 1);
        assertThat(Runs.read(cursor.records())).isEqualTo(RECORDS);
        assertThat(Runs.read(cursor.records())).isEqualTo(RECORDS);
        assertThat(cursor.next()).isFalse();
        assertThatThrownBy(cursor::records).isInstanceOf(IllegalStateException.class);
      }
    }
  }

  @Test
  void isEnteredAtTheEndWhereItTakesOnePosition() throws IOException {
    LogDirectory directory = directory();
    List<OriginCoverage> coverage =
        List.of(new OriginCoverage(9, 0, 50, 1_000, VersionVector.of(1, 1), 0, 77));
    try (OpLog log = directory.open()) {
      append(log, commits.next(1, 100, VersionVector.EMPTY));
      assertThat(
              log.attach(
                  Runs.write(log, coverage, RECORDS), VersionVector.EMPTY, VersionVector.EMPTY))
          .isEqualTo(2);
      assertThat(log.appendedPosition()).isEqualTo(2);
      assertThat(log.syncedPosition()).isEqualTo(2);
      append(log, commits.next(1, 100, VersionVector.EMPTY));
    }
    try (OpLog log = directory.open()) {
      assertThat(Item.of(log, 1))
          .containsExactly(
              new Item(1, 1, List.of()), new Item(2, 2, RECORDS), new Item(3, 3, List.of()));
      try (LogCursor cursor = log.cursor(2)) {
        cursor.next();
        assertThat(cursor.coverage()).isEqualTo(coverage);
      }
    }
  }

  @Test
  void forgetsWholeSegmentsBelowAPositionAndKnowsWhatTheyHeld() throws IOException {
    LogDirectory directory = directory();
    try (OpLog log = directory.open()) {
      fill(log);
      append(log, commits.next(1, 100, VersionVector.EMPTY));
      assertThat(log.truncateBelow(3)).isEqualTo(1);
      assertThat(log.cut()).isEqualTo(VersionVector.EMPTY);
      assertThat(log.truncateBelow(6)).isEqualTo(4);
      assertThat(log.cut()).isEqualTo(VersionVector.EMPTY.with(1, 2).with(2, 1));
      assertThatThrownBy(() -> log.cursor(3)).isInstanceOf(TruncatedException.class);
      assertThat(Item.of(log, 4)).hasSize(13);
    }
    try (OpLog log = directory.open()) {
      assertThat(log.firstPosition()).isEqualTo(4);
      assertThat(log.truncateBelow(Long.MAX_VALUE)).isEqualTo(17);
      assertThat(log.cut()).isEqualTo(VersionVector.EMPTY.with(1, 9).with(2, 7));
    }
    try (OpLog log = directory.open()) {
      assertThat(log.appendedPosition()).isEqualTo(16);
      assertThat(append(log, commits.next(2, 100, VersionVector.EMPTY))).isEqualTo(17);
    }
  }

  @Test
  void leavesTheLogAsItWasUntilTheCatalogueIsReplaced() throws IOException {
    LogDirectory directory = directory();
    LogDirectory aside;
    LogDirectory named;
    try (OpLog log = directory.open()) {
      fill(log);
      append(log, commits.next(1, 100, VersionVector.EMPTY));
      List<SegmentInfo> originals = log.segments().subList(0, 3);
      FoldedSegment folded = Runs.folded(log, originals, RECORDS);
      log.sync();
      aside = directory.copyTo(root.resolve("aside"));
      named = directory.copyTo(root.resolve("named"));
      Files.move(named.files.foldingSegment(folded.number()), named.files.segment(folded.number()));
    }
    for (LogDirectory crashed : List.of(aside, named)) {
      try (OpLog log = crashed.open()) {
        assertThat(Item.of(log, 1)).hasSize(16);
        assertThat(log.segments()).hasSize(6);
      }
      assertThat(crashed.contents()).containsOnlyKeys(sixSegments());
    }
  }

  private static List<String> sixSegments() {
    List<String> names = new ArrayList<>(List.of("", "DURABLE-MARK", "log", "log/CATALOGUE"));
    for (int number = 1; number <= 6; number++) {
      String name = String.format("log/%016d", number);
      names.add(name);
      names.add(name + "/" + ChronicleSegment.DATA_FILE);
    }
    return names;
  }

  @Test
  void removesWhatItWasFoldedFromAlsoAfterACrash() throws IOException {
    LogDirectory directory = directory();
    LogDirectory before;
    LogDirectory crashed;
    try (OpLog log = directory.open()) {
      fill(log);
      append(log, commits.next(1, 100, VersionVector.EMPTY));
      log.sync();
      before = directory.copyTo(root.resolve("before"));
      swap(log, 0, 3);
      crashed = directory.copyTo(root.resolve("crashed"));
    }
    for (int number = 1; number <= 2; number++) {
      Path original = crashed.files.segment(number);
      Files.createDirectory(original);
      Files.copy(
          before.files.segment(number).resolve(ChronicleSegment.DATA_FILE),
          original.resolve(ChronicleSegment.DATA_FILE));
    }
    // Of the third the file is gone already.
    Files.createDirectory(crashed.files.segment(3));
    try (LogReader reader = LogReader.open(crashed.files)) {
      assertThat(reader.refusal()).isEmpty();
    }
    try (OpLog log = crashed.open()) {
      assertThat(Item.of(log, 1)).startsWith(new Item(1, 9, RECORDS)).hasSize(8);
      for (int number = 1; number <= 3; number++) {
        assertThat(crashed.files.segment(number)).doesNotExist();
      }
    }
  }

  @Test
  void isDamagedWhereItIsNotWhatWasWritten() throws IOException {
    LogDirectory directory = directory();
    Path file;
    try (OpLog log = directory.open()) {
      fill(log);
      swap(log, 0, 5);
      file = directory.files.segment(log.segments().get(0).number()).resolve("run.cq4");
    }
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length; at++) {
      if (isPadding(bytes, at)) {
        continue;
      }
      byte[] changed = bytes.clone();
      changed[at] ^= 0x10;
      Files.write(file, changed);
      try (LogReader reader = LogReader.open(directory.files)) {
        SegmentInfo segment = reader.segments().get(0);
        assertThat(reader.verify(segment)).as("byte " + at).isPresent();
        assertThatThrownBy(
                () -> {
                  try (LogCursor cursor = reader.cursor(1)) {
                    cursor.next();
                    Runs.read(cursor.records());
                  }
                })
            .as("byte " + at)
            .isInstanceOf(DamagedException.class);
      }
    }
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(directory::open).isInstanceOf(DamagedException.class);
  }

  private static boolean isPadding(byte[] file, int offset) {
    int start = 0;
    while (true) {
      int end = start + DocumentLayout.HEADER_BYTES + Frame.i32(file, start);
      if (offset < end) {
        return false;
      }
      start = (end + DocumentLayout.ALIGNMENT - 1) & -DocumentLayout.ALIGNMENT;
      if (offset < start) {
        return true;
      }
    }
  }

  /**
   * All of it forced at its end kept the disk busy for as long as that took, and whoever waited for
   * a sync waiting with it.
   */
  @Test
  void isForcedInStepsAsItIsWrittenUnlessItIsGoneSoon() throws IOException {
    WatchedFiles disk = new WatchedFiles();
    String element = "x".repeat(1 << 20);
    int steps = 3;
    int records = steps * (FoldedWriter.FORCED_BYTES >> 20) + 1;
    try (OpLog log = directory().open(disk)) {
      fill(log);
      List<OriginCoverage> coverage = log.segments().get(0).coverage();
      for (List<OriginCoverage> covered : List.of(coverage, List.<OriginCoverage>of())) {
        try (FoldedWriter writer = log.folded(covered)) {
          int before = disk.forces.get();
          for (int i = 0; i < records; i++) {
            writer.add(Runs.one("key " + (char) ('a' + i), element));
          }
          assertThat(disk.forces.get() - before).isEqualTo(covered.isEmpty() ? 0 : steps);
        }
      }
    }
  }
}
