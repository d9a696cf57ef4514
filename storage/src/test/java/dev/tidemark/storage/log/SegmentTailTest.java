package dev.tidemark.storage.log;

import static dev.tidemark.storage.log.LogDirectory.append;
import static dev.tidemark.storage.log.LogDirectory.readAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.StorePoisonedException;
import dev.tidemark.storage.file.DurableFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies behind the sealed segments: the full one, the active one, and the one made ahead. */
class SegmentTailTest {
  /** Eight of them fill a segment. */
  private static final int LARGE = 8_000;

  private final Commits commits = new Commits();
  private final List<byte[]> bodies = new ArrayList<>();
  private final WatchedFiles disk = new WatchedFiles();
  private Path root;
  private LogDirectory directory;

  @BeforeEach
  void inANewDirectory(@TempDir Path path) throws IOException {
    root = path;
    directory = new LogDirectory(Files.createDirectory(path.resolve("live")));
  }

  @Test
  void appendsGoOnWhileAFullSegmentIsSealed() throws Exception {
    try (OpLog log = directory.open(disk)) {
      appendUpTo(log, 9);
      CountDownLatch sealing = new CountDownLatch(1);
      CountDownLatch mayEnd = new CountDownLatch(1);
      disk.duringForce =
          () -> {
            sealing.countDown();
            awaitQuietly(mayEnd);
          };
      CompletableFuture<Void> upkeep = CompletableFuture.runAsync(log::upkeep);
      sealing.await();
      appendUpTo(log, 15);
      assertThat(log.syncedPosition()).isZero();
      assertThat(readAll(log)).containsExactlyElementsOf(bodies);
      mayEnd.countDown();
      upkeep.get();
      assertThat(log.segments()).extracting(SegmentInfo::sealed).containsExactly(true, false);
      assertThat(log.syncedPosition()).isGreaterThanOrEqualTo(8);
    }
    assertHoldsAll(LogCondition.CLEAN);
  }

  @Test
  void forcesTheFullSegmentBeforeItSaysThatTheNextOneIsForced() {
    try (OpLog log = directory.open(disk)) {
      appendUpTo(log, 9);
      int before = disk.forces.get();
      log.awaitSynced(9);
      // Two files, each with the two directories that name it, and the mark.
      assertThat(disk.forces.get() - before).isGreaterThanOrEqualTo(6);
      log.upkeep();
      assertThat(readAll(log)).containsExactlyElementsOf(bodies);
    }
  }

  @Test
  void isToldOnceWhatIsDueAndThenHasNothingToDo() {
    try (OpLog log = directory.open(disk)) {
      AtomicInteger told = new AtomicInteger();
      log.onUpkeepDue(told::incrementAndGet);
      appendUpTo(log, 2);
      assertThat(told).hasValue(0);
      appendUpTo(log, 7);
      assertThat(told).hasValue(1);
      log.upkeep();
      appendUpTo(log, 8);
      assertThat(told).hasValue(1);
      appendUpTo(log, 9);
      assertThat(told).hasValue(2);
    }
  }

  /** Told to who would stop an append for as long as sealing takes. */
  @Test
  void crowdingIsWhatIsFullOfASegmentWhileTheOneBeforeWaits() {
    try (OpLog log = directory.open(disk)) {
      appendUpTo(log, 8);
      assertThat(log.crowding()).isZero();
      appendUpTo(log, 9);
      double first = log.crowding();
      assertThat(first).isPositive();
      appendUpTo(log, 15);
      assertThat(log.crowding()).isGreaterThan(first + 0.5).isLessThanOrEqualTo(1);
      log.upkeep();
      assertThat(log.crowding()).isZero();
    }
  }

  @Test
  void anAppendThatFillsTheNextOneTooSealsTheFirstItself() {
    try (OpLog log = directory.open(disk)) {
      appendUpTo(log, 30);
      assertThat(log.segments())
          .extracting(SegmentInfo::sealed)
          .containsExactly(true, true, false, false);
    }
    assertHoldsAll(LogCondition.CLEAN);
  }

  @Test
  void theSegmentMadeAheadIsTheNextAndIsGoneAfterAClose() {
    try (OpLog log = directory.open(disk)) {
      appendUpTo(log, 5);
      log.upkeep();
      assertThat(directory.files.segment(2)).isDirectory();
      appendUpTo(log, 9);
      assertThat(log.segments()).extracting(SegmentInfo::number).containsExactly(1L, 2L);
      appendUpTo(log, 14);
      log.upkeep();
      assertThat(directory.files.segment(3)).isDirectory();
    }
    assertThat(directory.files.segment(3)).doesNotExist();
    assertHoldsAll(LogCondition.CLEAN);
  }

  @Test
  void aKillLeavesAFullAnActiveAndAnEmptySegmentOfWhichNothingIsLost() throws IOException {
    LogDirectory killed;
    try (OpLog log = directory.open(disk)) {
      appendUpTo(log, 5);
      log.upkeep();
      appendUpTo(log, 14);
      log.upkeep();
      appendUpTo(log, 18);
      killed = directory.copyTo(root.resolve("killed"));
    }
    try (OpLog log = killed.open()) {
      assertThat(log.recovery().condition()).isEqualTo(LogCondition.UNSEALED);
      assertThat(log.recovery().segmentsSealed()).isEqualTo(2);
      assertThat(readAll(log)).containsExactlyElementsOf(bodies);
      bodies.add(commits.next(LARGE));
      append(log, bodies.get(18));
    }
    directory = killed;
    assertHoldsAll(LogCondition.CLEAN);
  }

  /** A second attempt would succeed, and save nothing of what the first has lost. */
  @Test
  void aSegmentWhoseSealingFailedIsNotSealedByWhoeverWaitedForIt() throws Exception {
    OpLog log = directory.open(disk);
    appendUpTo(log, 8);
    log.sync();
    appendUpTo(log, 9);
    log.awaitSynced(9);
    CountDownLatch sealing = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    disk.failAtForce = disk.forces.get() + 1;
    disk.duringForce =
        () -> {
          sealing.countDown();
          awaitQuietly(mayEnd);
        };
    CompletableFuture<Void> first = CompletableFuture.runAsync(log::roll);
    sealing.await();
    FutureTask<Boolean> second = new FutureTask<>(log::upkeep, true);
    Thread waiting = new Thread(second);
    waiting.start();
    while (waiting.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    mayEnd.countDown();
    assertThatThrownBy(first::get).hasCauseInstanceOf(StorePoisonedException.class);
    assertThatThrownBy(second::get).hasCauseInstanceOf(StorePoisonedException.class);
    log.close();
    try (LogReader left = LogReader.open(directory.files)) {
      assertThat(left.segments()).extracting(SegmentInfo::sealed).containsOnly(false);
    }
  }

  @Test
  void aFullDiskLeavesTheFullSegmentDueAndAppendsGoOnInTheNext() {
    try (OpLog log = directory.open(disk)) {
      appendUpTo(log, 9);
      disk.full = true;
      assertThatThrownBy(log::upkeep).isInstanceOf(OutOfSpaceException.class);
      disk.full = false;
      appendUpTo(log, 12);
      log.upkeep();
      assertThat(log.segments()).extracting(SegmentInfo::sealed).containsExactly(true, false);
    }
    assertHoldsAll(LogCondition.CLEAN);
  }

  /** The next segment reached the disk and the end of the one before it did not. */
  @Test
  void setsAsideASegmentThatWasBegunBehindWhatAPowerLossTook() throws IOException {
    LogDirectory lost = powerLoss(6);
    try (OpLog log = lost.open()) {
      assertThat(log.recovery().condition()).isEqualTo(LogCondition.TORN_TAIL);
      assertThat(log.recovery().segmentsSetAside()).isOne();
      assertThat(readAll(log)).containsExactlyElementsOf(bodies.subList(0, 6));
      assertThat(lost.files.quarantine().resolve("0000000000000002-1")).isDirectory();
      assertThat(append(log, bodies.get(6))).isEqualTo(7);
    }
    try (OpLog log = lost.open()) {
      assertThat(log.recovery().condition()).isEqualTo(LogCondition.CLEAN);
      assertThat(readAll(log)).containsExactlyElementsOf(bodies.subList(0, 7));
    }
  }

  @Test
  void refusesTheSameWhereWhatIsLostWasPromised() throws IOException {
    LogDirectory lost = powerLoss(3);
    assertThatThrownBy(lost::open)
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("position=4, ");
  }

  @Test
  void refusesTwoSegmentsBehindWhatIsLost() throws IOException {
    LogDirectory lost = powerLoss(6);
    try (OpLog other = logFrom(30, root.resolve("other"))) {
      append(other, commits.next(LARGE));
      new LogDirectory(root.resolve("other")).copyTo(root.resolve("copied"));
    }
    Files.move(new LogDirectory(root.resolve("copied")).files.segment(1), lost.files.segment(7));
    assertThatThrownBy(lost::open)
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("position=7, ");
  }

  /** A log of 12 in two segments, 4 of them synced, of whose first only so many were saved. */
  private LogDirectory powerLoss(int saved) throws IOException {
    LogDirectory lost;
    long end;
    try (OpLog log = directory.open(disk)) {
      appendUpTo(log, 4);
      log.awaitSynced(4);
      appendUpTo(log, 12);
      try (LogCursor cursor = log.cursor(saved)) {
        cursor.next();
        end = cursor.fileOffset() + 4 + FrameLayout.BODY + cursor.length();
      }
      lost = directory.copyTo(root.resolve("lost"));
    }
    Path first = lost.files.segment(1).resolve(ChronicleSegment.DATA_FILE);
    try (RandomAccessFile file = new RandomAccessFile(first.toFile(), "rw")) {
      file.setLength(end);
    }
    return lost;
  }

  private void appendUpTo(OpLog log, int count) {
    while (bodies.size() < count) {
      bodies.add(commits.next(LARGE));
      append(log, bodies.get(bodies.size() - 1));
    }
  }

  private void assertHoldsAll(LogCondition condition) {
    try (OpLog log = directory.open()) {
      assertThat(log.recovery().condition()).isEqualTo(condition);
      assertThat(readAll(log)).containsExactlyElementsOf(bodies);
    }
  }

  /** A log of the same store that begins further on. */
  private static OpLog logFrom(long position, Path path) throws IOException {
    LogDirectory other = new LogDirectory(Files.createDirectory(path));
    OpLog.begin(
        other.files, LogDirectory.STORE_ID, position, VersionVector.EMPTY, DurableFiles.standard());
    return other.open();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
