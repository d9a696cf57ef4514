package dev.tidemark.storage.log;

import static dev.tidemark.storage.log.LogDirectory.append;
import static dev.tidemark.storage.log.LogDirectory.readAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.StorePoisonedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogSyncTest {
  private static final int WAITERS = 16;

  private final Commits commits = new Commits();
  private final WatchedFiles disk = new WatchedFiles();
  private LogDirectory directory;

  @BeforeEach
  void inANewDirectory(@TempDir Path path) {
    directory = new LogDirectory(path);
  }

  @Test
  void forcesOnceForAllWhoWait() throws Exception {
    try (OpLog log = directory.open(disk)) {
      append(log, commits.next(100));
      log.sync();
      int before = disk.forces.get();
      CountDownLatch forcing = new CountDownLatch(1);
      CountDownLatch mayEnd = new CountDownLatch(1);
      disk.duringForce =
          () -> {
            forcing.countDown();
            awaitQuietly(mayEnd);
          };
      ExecutorService waiters = Executors.newFixedThreadPool(WAITERS);
      List<Future<?>> done = new ArrayList<>();
      long first = append(log, commits.next(100));
      done.add(waiters.submit(() -> log.awaitSynced(first)));
      forcing.await();
      for (int i = 1; i < WAITERS; i++) {
        long position = append(log, commits.next(100));
        done.add(waiters.submit(() -> log.awaitSynced(position)));
      }
      assertThat(log.syncedPosition()).isEqualTo(first - 1);
      mayEnd.countDown();
      for (Future<?> future : done) {
        future.get();
      }
      waiters.shutdown();
      assertThat(log.syncedPosition()).isEqualTo(WAITERS + 1);
      // The first force, one for all the others, and at most one of the mark with each.
      assertThat(disk.forces.get() - before).isBetween(2, 4);
    }
  }

  @Test
  void forcesTheOldSegmentBeforeTheNewOneBegins() {
    try (OpLog log = directory.open(disk)) {
      append(log, commits.next(100));
      assertThat(log.syncedPosition()).isZero();
      log.roll();
      assertThat(log.syncedPosition()).isEqualTo(1);
      append(log, commits.next(100));
      assertThat(log.syncedPosition()).isEqualTo(1);
      log.sync();
      assertThat(log.syncedPosition()).isEqualTo(2);
    }
  }

  @Test
  void isPoisonedByAFailedForceUntilReopened() {
    List<byte[]> bodies = List.of(commits.next(100), commits.next(100), commits.next(100));
    OpLog log = directory.open(disk);
    append(log, bodies.get(0));
    log.sync();
    append(log, bodies.get(1));
    disk.failAtForce = disk.forces.get() + 1;
    assertThatThrownBy(log::sync)
        .isInstanceOf(StorePoisonedException.class)
        .hasMessageStartingWith("log cannot be written")
        .hasRootCauseInstanceOf(IOException.class);
    // The next force would succeed, and save nothing.
    assertThatThrownBy(log::sync).isInstanceOf(StorePoisonedException.class);
    assertThatThrownBy(() -> log.awaitSynced(2)).isInstanceOf(StorePoisonedException.class);
    assertThatThrownBy(() -> append(log, bodies.get(2))).isInstanceOf(StorePoisonedException.class);
    assertThat(log.syncedPosition()).isEqualTo(1);
    assertThat(readAll(log)).containsExactlyElementsOf(bodies.subList(0, 2));
    log.close();

    try (OpLog reopened = directory.open()) {
      assertThat(reopened.recovery().segmentsSealed()).isOne();
      assertThat(readAll(reopened)).containsExactlyElementsOf(bodies.subList(0, 2));
      assertThat(append(reopened, bodies.get(2))).isEqualTo(3);
    }
  }

  @Test
  void tellsEveryWaiterOfAFailedForce() throws Exception {
    try (OpLog log = directory.open(disk)) {
      append(log, commits.next(100));
      log.sync();
      CountDownLatch forcing = new CountDownLatch(1);
      CountDownLatch mayEnd = new CountDownLatch(1);
      disk.failAtForce = disk.forces.get() + 1;
      disk.duringForce =
          () -> {
            forcing.countDown();
            awaitQuietly(mayEnd);
          };
      long position = append(log, commits.next(100));
      ExecutorService waiters = Executors.newFixedThreadPool(3);
      List<Future<?>> done = new ArrayList<>();
      done.add(waiters.submit(() -> log.awaitSynced(position)));
      forcing.await();
      done.add(waiters.submit(() -> log.awaitSynced(position)));
      done.add(waiters.submit(() -> log.awaitSynced(position)));
      mayEnd.countDown();
      for (Future<?> future : done) {
        assertThatThrownBy(future::get).hasCauseInstanceOf(StorePoisonedException.class);
      }
      waiters.shutdown();
    }
  }

  @Test
  void survivesAnInterruptOfTheThreadThatForces() {
    try (OpLog log = directory.open()) {
      Thread.currentThread().interrupt();
      append(log, commits.next(100));
      log.sync();
      assertThat(readAll(log)).hasSize(1);
      log.roll();
      append(log, commits.next(100));
      log.sync();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(log.syncedPosition()).isEqualTo(2);
    }
  }

  @Test
  void refusesToWaitForWhatIsNotAppended() {
    try (OpLog log = directory.open()) {
      log.awaitSynced(0);
      assertThatThrownBy(() -> log.awaitSynced(1)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refusesAppendsOnAnAlmostFullDiskAndTakesThemAgainWhenThereIsRoom() {
    try (OpLog log = directory.open(disk)) {
      append(log, commits.next(100));
      byte[] large = commits.next(2 << 20);
      disk.usableBytes = LogDirectory.SMALL.reserveBytes();
      assertThatThrownBy(() -> append(log, large)).isInstanceOf(OutOfSpaceException.class);
      log.sync();
      disk.usableBytes = Long.MAX_VALUE;
      assertThat(append(log, large)).isEqualTo(2);
    }
  }

  @Test
  void closesWhileOthersAppendAndWait() throws Exception {
    OpLog log = directory.open();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    CountDownLatch started = new CountDownLatch(4);
    List<Future<Long>> acknowledged = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      long origin = t + 1;
      Commits own = new Commits();
      acknowledged.add(
          threads.submit(
              () -> {
                long last = 0;
                try {
                  while (true) {
                    byte[] body =
                        own.next(origin, 80, dev.tidemark.engine.causality.VersionVector.EMPTY);
                    long position = append(log, body);
                    log.awaitSynced(position);
                    last = position;
                    started.countDown();
                  }
                } catch (IllegalStateException closed) {
                  return last;
                }
              }));
    }
    started.await();
    log.close();
    long highest = 0;
    for (Future<Long> future : acknowledged) {
      highest = Math.max(highest, future.get());
    }
    threads.shutdown();
    try (OpLog reopened = directory.open()) {
      assertThat(reopened.recovery().condition()).isEqualTo(LogCondition.CLEAN);
      assertThat(reopened.appendedPosition()).isGreaterThanOrEqualTo(highest);
      assertThat(readAll(reopened)).hasSize((int) reopened.appendedPosition());
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
