package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.storage.fault.ChildJvm;
import dev.tidemark.storage.fault.Kernel;
import dev.tidemark.storage.fault.LoopDisk;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.inspect.MovingTarget;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Power losses for real: a process writes to a file system that is shut down under it, is killed,
 * and what is on the disk is opened. Cases C3, C4 and C5 of the fault matrix.
 */
class LoopPowerLossTest {
  private static final int ROUNDS = Boolean.getBoolean("tidemark.nightly") ? 25 : 1;
  private static final int MORE = 100;
  private static final int MOST_TRIES = 10;

  /** A store that nobody has promised anything is opened without a word. */
  private static final int LONGEST_FIRST_OPEN_MILLIS = 200;

  private static final Duration SYNC_INTERVAL = Duration.ofMillis(50);

  @TempDir(factory = TempDirFactory.Standard.class)
  private Path parent;

  /** What the writer was told, and when. */
  private record Acknowledged(long number, boolean synced, long nanos) {}

  /**
   * What was told until the power failed.
   *
   * @param forced the position that the log said was saved
   */
  private record Loss(List<Acknowledged> acknowledged, long forced, long nanos) {
    long synced() {
      return acknowledged.stream()
          .filter(Acknowledged::synced)
          .mapToLong(Acknowledged::number)
          .max()
          .orElse(0);
    }

    long newest() {
      return acknowledged.isEmpty() ? 0 : acknowledged.get(acknowledged.size() - 1).number();
    }

    /** How many are lost that had been acknowledged before the power was. */
    long lost(long last) {
      return acknowledged.stream()
          .filter(one -> one.number() > last && one.nanos() - nanos <= 0)
          .count();
    }
  }

  @Test
  void keepsWhatWasSynced() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      try (LoopDisk disk = LoopDisk.create(directory("synced-" + round))) {
        Loss loss = writeAndLose(disk, 8, new SplittableRandom(round), 0);
        assertThat(loss.synced()).isPositive();
        expectPrefix(disk, loss);
      }
    }
  }

  @Test
  void losesOfWhatWasBufferedOnlyTheNewest() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      long lost = 0;
      // Right behind a force there may be nothing to lose.
      for (int tried = 0; lost == 0; tried++) {
        assertThat(tried).as("power losses that lose nothing").isLessThan(MOST_TRIES);
        try (LoopDisk disk = LoopDisk.create(directory("buffered-" + round + "-" + tried))) {
          Loss loss = writeAndLose(disk, 0, new SplittableRandom(100 + round), 0);
          lost = loss.lost(expectPrefix(disk, loss));
          System.out.println(
              lost + " of " + loss.newest() + " buffered commits lost, forced to " + loss.forced());
        }
      }
    }
  }

  /**
   * Half of the unsynced pages had been written back, in no order, when the power failed. A log
   * that was read up to the first hole, and appended to behind it, had 10 commits that nobody could
   * read in three runs of four.
   */
  @Test
  void readsWhatItAppendsBehindPagesThatWereWrittenBackInNoOrder() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      try (LoopDisk disk = LoopDisk.create(directory("reordered-" + round))) {
        Loss loss = writeAndLose(disk, 40, new SplittableRandom(200 + round), 0.5);
        expectPrefix(disk, loss);
      }
    }
  }

  @Test
  void opensEmptyOrWholeWhenThePowerFailsInItsFirstOpen() throws Exception {
    for (int round = 0; round < ROUNDS * 2; round++) {
      SplittableRandom random = new SplittableRandom(300 + round);
      try (LoopDisk disk = LoopDisk.create(directory("first-" + round));
          ChildJvm writer = start(disk, 1)) {
        assertThat(writer.readLine()).isEqualTo("opening");
        pause(random.nextInt(1, LONGEST_FIRST_OPEN_MILLIS));
        disk.cutPower();
        long nanos = System.nanoTime();
        writer.kill();
        expectPrefix(disk, new Loss(rest(writer), 0, nanos));
      }
    }
  }

  private Path directory(String name) throws IOException {
    return Files.createDirectory(parent.resolve(name));
  }

  private static ChildJvm start(LoopDisk disk, int syncedEvery) throws IOException {
    String directory = disk.path().resolve("store").toString();
    return ChildJvm.start(
        List.of(),
        AcknowledgingWriter.class,
        directory,
        Integer.toString(syncedEvery),
        Long.toString(SYNC_INTERVAL.toMillis()));
  }

  private static Loss writeAndLose(
      LoopDisk disk, int syncedEvery, SplittableRandom random, double writtenBack)
      throws Exception {
    try (ChildJvm writer = start(disk, syncedEvery)) {
      List<Acknowledged> acknowledged = new ArrayList<>();
      assertThat(writer.readLine()).isEqualTo("opening");
      int enough = random.nextInt(100, 600);
      while (acknowledged.size() < enough) {
        acknowledged.add(parse(writer.readLine()));
      }
      if (writtenBack > 0) {
        Kernel.writeBackSome(newestSegment(disk), 1 << 20, random, writtenBack);
        Kernel.commitJournal(disk.path());
      }
      // It forces by itself, at times, whatever it is asked for.
      Tasks.await(() -> forced(disk) > 0, () -> "nothing is forced");
      long forced = forced(disk);
      disk.cutPower();
      long nanos = System.nanoTime();
      writer.kill();
      acknowledged.addAll(rest(writer));
      return new Loss(acknowledged, forced, nanos);
    }
  }

  private static long forced(LoopDisk disk) {
    StoreFiles files = new StoreFiles(disk.path().resolve("store"));
    try (LogReader log = MovingTarget.open(files, () -> LogReader.open(files))) {
      return log.durableMark().orElse(0);
    }
  }

  private static Path newestSegment(LoopDisk disk) throws IOException {
    try (Stream<Path> files = Files.walk(disk.path().resolve("store/log"))) {
      return files
          .filter(file -> file.toString().endsWith(".cq4"))
          .max(Path::compareTo)
          .orElseThrow();
    }
  }

  /** What it had said before it was killed. */
  private static List<Acknowledged> rest(ChildJvm writer) throws IOException {
    List<Acknowledged> rest = new ArrayList<>();
    for (String line = writer.readLine(); line != null; line = writer.readLine()) {
      // The kill may cut the last line short.
      if (line.split(" ").length == 3) {
        rest.add(parse(line));
      }
    }
    return rest;
  }

  private static Acknowledged parse(String line) {
    String[] parts = line.split(" ");
    boolean synced = Durability.valueOf(parts[1]) == Durability.SYNCED;
    return new Acknowledged(Long.parseLong(parts[0]), synced, Long.parseLong(parts[2]));
  }

  private static long expectPrefix(LoopDisk disk, Loss loss) throws IOException {
    disk.remount();
    Path directory = disk.path().resolve("store");
    long last;
    try (Tidemark store = open(directory)) {
      last = NumberedCommits.last(store);
      assertThat(last).isBetween(Math.max(loss.synced(), loss.forced()), loss.newest() + 1);
      NumberedCommits.expectExactly(store, last);
      for (int i = 1; i <= MORE; i++) {
        NumberedCommits.write(store, last + i, 10, Durability.BUFFERED);
      }
    }
    for (int i = 0; i < 2; i++) {
      try (Tidemark store = open(directory)) {
        NumberedCommits.expectExactly(store, last + MORE);
      }
    }
    StoreAudit.check(directory);
    return last;
  }

  private static Tidemark open(Path directory) {
    return Tidemark.open(directory, NumberedCommits.SCHEMA, NumberedCommits.OPTIONS);
  }

  private static void pause(int millis) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
