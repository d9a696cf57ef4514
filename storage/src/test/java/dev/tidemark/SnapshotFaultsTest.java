package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.fault.Call;
import dev.tidemark.storage.fault.Chance;
import dev.tidemark.storage.fault.FailingCall;
import dev.tidemark.storage.fault.FailingCall.Mode;
import dev.tidemark.storage.fault.ForgetfulDisk;
import dev.tidemark.storage.fault.MemoryDirectory;
import dev.tidemark.storage.fault.ObservedFiles;
import dev.tidemark.storage.fault.Watcher;
import dev.tidemark.storage.file.SnapshotFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.Trees;
import dev.tidemark.storage.format.Settled;
import dev.tidemark.storage.snapshot.Restore;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotCheck;
import dev.tidemark.storage.snapshot.SnapshotCopy;
import dev.tidemark.storage.snapshot.Snapshots;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Disks that fail, and power that does, while snapshots are taken, copied, removed and restored.
 */
class SnapshotFaultsTest {
  private static final boolean NIGHTLY = Boolean.getBoolean("tidemark.nightly");

  /** Of the calls to the disk, each run of a test fails the first, then so many later one. */
  private static final int STEP = NIGHTLY ? 1 : 23;

  private static final int POWER_LOSSES = NIGHTLY ? 100 : 2;
  private static final long OLD = 20;
  private static final long NEW = 30;

  @TempDir(factory = MemoryDirectory.class)
  private Path parent;

  private static Tidemark open(Path directory, ObservedFiles disk) {
    return Tidemark.open(directory, NumberedCommits.SCHEMA, NumberedCommits.OPTIONS, disk);
  }

  private static void write(Tidemark store, long from, long to) {
    for (long number = from; number <= to; number++) {
      NumberedCommits.write(store, number, 50, Durability.BUFFERED);
    }
  }

  /** A store of the new commits, with a snapshot of the old ones. */
  private Path template() {
    Path template = parent.resolve("template");
    try (Tidemark store = open(template, new ObservedFiles())) {
      write(store, 1, OLD);
      store.snapshot();
      write(store, OLD + 1, NEW);
    }
    return template;
  }

  private static Path snapshotOf(Path store) {
    return Snapshots.list(new StoreFiles(store)).get(0);
  }

  /** Every snapshot that shows is whole. */
  private static void expectOnlyGood(Path store) {
    for (Path path : Snapshots.list(new StoreFiles(store))) {
      SnapshotCheck.requireGood(path, () -> {});
    }
  }

  private static List<Path> unfinished(Path store) throws IOException {
    try (Stream<Path> entries = Files.list(new StoreFiles(store).snapshots())) {
      return entries.filter(SnapshotFiles::isUnfinished).toList();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONCE", "FOR_GOOD"})
  void aSnapshotThatFailsLeavesNothingAndDisturbsNothing(Mode mode) throws Exception {
    int failures = 0;
    for (int nth = 1; ; nth += STEP) {
      Path directory = parent.resolve(mode + "-" + nth);
      Armed armed = new Armed(nth, mode);
      boolean failed = false;
      try (Tidemark store = open(directory, new ObservedFiles(armed))) {
        write(store, 1, OLD);
        store.snapshot();
        write(store, OLD + 1, NEW);
        store.flush();
        armed.isArmed = true;
        try {
          store.snapshot();
          store.snapshot();
        } catch (TidemarkException e) {
          failed = true;
        }
        armed.isArmed = false;
        expectOnlyGood(directory);
        if (mode == Mode.ONCE) {
          // What could be removed is: whatever was made aside is gone unless that failed.
          assertThat(unfinished(directory)).hasSizeLessThanOrEqualTo(1);
        }
        NumberedCommits.expectExactly(store, NEW);
        write(store, NEW + 1, NEW + 1);
        assertThat(store.snapshot().position()).isEqualTo(NEW + 1);
      }
      try (Tidemark store = open(directory, new ObservedFiles())) {
        NumberedCommits.expectExactly(store, NEW + 1);
        assertThat(unfinished(directory)).isEmpty();
      }
      expectOnlyGood(directory);
      StoreAudit.check(directory);
      assertThat(failed).isEqualTo(armed.failing.hasFailed());
      failures += failed ? 1 : 0;
      if (!armed.failing.isReached()) {
        break;
      }
    }
    assertThat(failures).isGreaterThan(2);
  }

  /** Fails calls of the disk of an open store only while it is armed. */
  private static final class Armed implements Watcher {
    final FailingCall failing;
    volatile boolean isArmed;

    Armed(int nth, Mode mode) {
      this.failing = new FailingCall(nth, mode, call -> isArmed && isOfSnapshot(call));
    }

    /** The log goes its own way meanwhile, and has its own tests. */
    private static boolean isOfSnapshot(Call call) {
      return call.path().toString().contains("snapshots");
    }

    @Override
    public void before(Call call) throws IOException {
      failing.before(call);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONCE", "FOR_GOOD"})
  void aRestoreThatFailsLeavesTheOldStoreOrIsFinishedByTheNextOpen(Mode mode) throws Exception {
    Path template = template();
    int old = 0;
    int restored = 0;
    for (int nth = 1; ; nth += STEP) {
      Path directory = parent.resolve(mode + "-" + nth);
      Trees.copy(template, directory);
      Settled.settle(directory);
      Path snapshot = snapshotOf(directory);
      FailingCall failing = new FailingCall(nth, mode, call -> true);
      boolean failed = false;
      try {
        Restore.run(snapshot, directory, true, new ObservedFiles(failing));
      } catch (TidemarkException e) {
        failed = true;
      }
      assertThat(failed).isEqualTo(failing.hasFailed());
      long held = expectOldOrRestored(directory);
      old += held == NEW ? 1 : 0;
      restored += failed && held == OLD ? 1 : 0;
      // It can be done again, whatever the failure has left.
      Restore.run(snapshotOf(directory), directory, true);
      assertThat(expectOldOrRestored(directory)).isEqualTo(OLD);
      Trees.delete(directory);
      if (!failing.isReached()) {
        break;
      }
    }
    assertThat(old).isPositive();
    assertThat(restored).isPositive();
  }

  private static long expectOldOrRestored(Path directory) {
    long last;
    try (Tidemark store = open(directory, new ObservedFiles())) {
      last = NumberedCommits.last(store);
      assertThat(last).isIn(OLD, NEW);
      NumberedCommits.expectExactly(store, last);
    }
    StoreAudit.check(directory);
    return last;
  }

  @Test
  void aRestoreIntoANewDirectoryThatFailsCanBeDoneAgain() throws Exception {
    Path snapshot = snapshotOf(template());
    int failures = 0;
    for (int nth = 1; ; nth += STEP) {
      Path directory = parent.resolve("new-" + nth);
      FailingCall failing = new FailingCall(nth, Mode.FOR_GOOD, call -> true);
      try {
        Restore.run(snapshot, directory, false, new ObservedFiles(failing));
      } catch (TidemarkException e) {
        failures++;
      }
      StoreFiles files = new StoreFiles(directory);
      if (!Files.exists(files.restored()) && !Files.exists(files.identity())) {
        // It was not decided.
        Restore.run(snapshot, directory, false);
      }
      assertThat(expectOldOrRestored(directory)).isEqualTo(OLD);
      if (!failing.isReached()) {
        break;
      }
    }
    assertThat(failures).isGreaterThan(2);
  }

  @Test
  void aCopyThatFailsLeavesNothingThatCouldBeTakenForOne() throws Exception {
    Snapshot snapshot = Snapshot.read(snapshotOf(template()));
    int failures = 0;
    for (int nth = 1; ; nth += STEP) {
      Path backup = parent.resolve("backup-" + nth);
      FailingCall failing = new FailingCall(nth, Mode.FOR_GOOD, call -> true);
      try {
        new SnapshotCopy(snapshot, new ObservedFiles(failing), () -> {}).into(backup);
      } catch (TidemarkException e) {
        failures++;
      }
      Path copy = backup.resolve(snapshot.files().name());
      if (!Files.exists(copy)) {
        new SnapshotCopy(snapshot, new ObservedFiles(), () -> {}).into(backup);
      }
      SnapshotCheck.requireGood(copy, () -> {});
      if (!failing.isReached()) {
        break;
      }
    }
    assertThat(failures).isGreaterThan(2);
  }

  @Test
  void noPowerLossLeavesHalfASnapshotOrHalfARestore() throws Exception {
    int restored = 0;
    int losses = 0;
    for (int run = 0; run < POWER_LOSSES; run++) {
      SplittableRandom random = new SplittableRandom(run);
      Path home = Files.createDirectory(parent.resolve("home-" + run));
      Path directory = home.resolve("store");
      ForgetfulDisk forgetful = ForgetfulDisk.under(home);
      List<LostPower> all = new ArrayList<>();
      PowerLosses power =
          new PowerLosses(random, forgetful, home.resolveSibling("lost-" + run), all);
      ObservedFiles disk = new ObservedFiles(forgetful, power);
      try (Tidemark store = open(directory, disk)) {
        write(store, 1, OLD);
        store.sync();
        power.promised = OLD;
        store.snapshot();
        write(store, OLD + 1, NEW);
        store.snapshot();
        power.promised = NEW;
      }
      power.promised = OLD;
      Path first = Snapshots.list(new StoreFiles(directory)).get(1);
      Restore.run(first, directory, true, disk);
      for (LostPower loss : all) {
        loss.restore(directory);
        restored += expectWhole(directory, loss) == OLD ? 1 : 0;
        losses++;
      }
    }
    System.out.printf(
        "%d power losses, %d of which left the old commits alone%n", losses, restored);
    assertThat(losses).isGreaterThan(2 * POWER_LOSSES);
    assertThat(restored).isBetween(1, losses - 1);
  }

  private static long expectWhole(Path directory, LostPower loss) {
    long last;
    try (Tidemark store = open(directory, new ObservedFiles())) {
      last = NumberedCommits.last(store);
      assertThat(last).as("%s", loss).isBetween(loss.promised(), NEW);
      NumberedCommits.expectExactly(store, last);
      expectOnlyGood(directory);
    }
    StoreAudit.check(directory);
    return last;
  }

  /** Lays aside what the disk has at some of the calls. */
  private static final class PowerLosses implements Watcher {
    private static final double SHARE = 0.04;

    private final SplittableRandom random;
    private final ForgetfulDisk disk;
    private final Path scratch;
    private final List<LostPower> all;
    volatile long promised;

    PowerLosses(SplittableRandom random, ForgetfulDisk disk, Path scratch, List<LostPower> all)
        throws IOException {
      this.random = random;
      this.disk = disk;
      this.scratch = Files.createDirectory(scratch);
      this.all = all;
    }

    @Override
    public void after(Call call) throws IOException {
      if (promised > 0 && random.nextDouble() < SHARE) {
        Path kept = scratch.resolve("at-" + all.size());
        all.add(LostPower.now(disk, kept, promised, NEW, Chance.draw(random.split())));
      }
    }
  }
}
