package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.storage.fault.Call;
import dev.tidemark.storage.fault.Chance;
import dev.tidemark.storage.fault.ForgetfulDisk;
import dev.tidemark.storage.fault.MemoryDirectory;
import dev.tidemark.storage.fault.ObservedFiles;
import dev.tidemark.storage.fault.Watcher;
import dev.tidemark.storage.recovery.RecoveryCase;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Power losses on a disk that forgets what was not forced: of each unforced page, sector and name
 * it is drawn whether it was written back. {@code LoopPowerLossTest} does the same to a real file
 * system.
 */
class PowerLossTest {
  private static final int RUNS = Boolean.getBoolean("tidemark.nightly") ? 100 : 1;
  private static final int COMMITS = 150;

  /** How often the power fails: so many times per call and commit. */
  private static final double SHARE = 0.03;

  /** And so many times per call while a store is recovered from a power loss. */
  private static final double SHARE_IN_RECOVERY = 0.01;

  private static final int MORE = 100;

  @TempDir(factory = MemoryDirectory.class)
  private Path parent;

  /** Fails the power, now and then, before or after a call to the disk. */
  private static final class Losses implements Watcher {
    final List<LostPower> all = new ArrayList<>();
    private final SplittableRandom random;
    private final Path scratch;
    private final ForgetfulDisk disk;
    private volatile double share;
    private volatile long promised;
    private volatile long written;

    Losses(SplittableRandom random, double share, Path scratch, ForgetfulDisk disk) {
      this.random = random;
      this.share = share;
      this.scratch = scratch;
      this.disk = disk;
    }

    @Override
    public void before(Call call) throws IOException {
      perhaps();
    }

    @Override
    public void after(Call call) throws IOException {
      perhaps();
    }

    /** Called while the disk stands still. */
    void perhaps() throws IOException {
      if (random.nextDouble() < share) {
        long before = promised;
        Path kept = scratch.resolve("lost-" + all.size());
        all.add(LostPower.now(disk, kept, before, written, Chance.draw(random.split())));
      }
    }
  }

  @Test
  void keepsWhatWasSyncedAndAPrefixOfTheRestWheneverThePowerFails() throws Exception {
    int losses = 0;
    int twice = 0;
    long unsynced = 0;
    for (int run = 0; run < RUNS; run++) {
      Path scratch = Files.createDirectory(parent.resolve("run-" + run));
      Path store = Files.createDirectory(scratch.resolve("home")).resolve("store");
      List<LostPower> all = work(new SplittableRandom(run), scratch, store);
      for (LostPower loss : all) {
        loss.restore(store);
        Path again = Files.createDirectory(scratch.resolve("again-of-" + losses));
        List<LostPower> inRecovery = new ArrayList<>();
        unsynced += expectPrefix(store, loss, again, inRecovery);
        for (LostPower second : inRecovery) {
          second.restore(store);
          expectPrefix(store, second, again, null);
        }
        losses++;
        twice += inRecovery.size();
      }
      Scratch.delete(scratch);
    }
    System.out.printf(
        "%d power losses, %d more while recovering, %d unsynced commits survived them%n",
        losses, twice, unsynced);
    assertThat(losses).isGreaterThan(RUNS);
    assertThat(twice).isPositive();
    assertThat(unsynced).isPositive();
  }

  /**
   * A disk that says of a force that it is done, and has done nothing: the log loses what had been
   * folded into the state on its word. The store must not number again what its peers have seen.
   */
  @Test
  void goesOnUnderAnotherReplicaIdWhenADiskThatLiesHasLostTheLog() throws Exception {
    Path directory = Files.createDirectory(parent.resolve("home")).resolve("store");
    ForgetfulDisk forgetful = ForgetfulDisk.under(directory.getParent());
    Lies disk = new Lies(forgetful);
    LostPower loss;
    long old;
    try (Tidemark peer = open(parent.resolve("peer"), new ObservedFiles())) {
      try (Tidemark store = open(directory, new ObservedFiles(disk))) {
        old = store.replicaId();
        NumberedCommits.write(store, 1, 10, Durability.SYNCED);
        disk.lies = true;
        for (long number = 2; number <= 9; number++) {
          NumberedCommits.write(store, number, 10, Durability.SYNCED);
        }
        store.flush();
        pull(store, peer);
        loss = LostPower.now(forgetful, parent.resolve("lost"), 9, 9, Chance.none());
      }
      loss.restore(directory);
      try (Tidemark store = open(directory, new ObservedFiles())) {
        assertThat(store.recovery().recoveryCase()).isEqualTo(RecoveryCase.STATE_AHEAD);
        assertThat(store.replicaId()).isNotEqualTo(old);
        NumberedCommits.expectExactly(store, 9);
        NumberedCommits.write(store, 10, 10, Durability.SYNCED);
        pull(store, peer);
        NumberedCommits.expectExactly(peer, 10);
      }
    }
  }

  /** Does not tell a disk of its forces. */
  private static final class Lies implements Watcher {
    private final ForgetfulDisk disk;
    private volatile boolean lies;

    Lies(ForgetfulDisk disk) {
      this.disk = disk;
    }

    @Override
    public void before(Call call) throws IOException {
      disk.before(call);
    }

    @Override
    public void after(Call call) throws IOException {
      if (!lies || call.kind() != Call.Kind.FORCE) {
        disk.after(call);
      }
    }
  }

  /** A mixed workload, with the state of the disk at some power losses on the way. */
  private static List<LostPower> work(SplittableRandom random, Path scratch, Path directory)
      throws IOException {
    ForgetfulDisk forgetful = ForgetfulDisk.under(directory.getParent());
    Losses losses = new Losses(random.split(), SHARE, scratch, forgetful);
    ObservedFiles disk = new ObservedFiles(forgetful, losses);
    long number = 0;
    for (int opening = 0; opening < 2; opening++) {
      try (Tidemark store = open(directory, disk)) {
        for (int i = 0; i < COMMITS; i++) {
          boolean synced = random.nextInt(8) == 0;
          int padding = random.nextInt(4) == 0 ? 4_000 : random.nextInt(300);
          losses.written = ++number;
          NumberedCommits.write(
              store, number, padding, synced ? Durability.SYNCED : Durability.BUFFERED);
          if (synced) {
            losses.promised = number;
          }
          disk.still(
              () -> {
                losses.perhaps();
                return null;
              });
          if (random.nextInt(50) == 0) {
            store.flush();
            losses.promised = number;
          }
        }
      }
      losses.promised = number;
    }
    return losses.all;
  }

  private static Tidemark open(Path directory, ObservedFiles disk) {
    return Tidemark.open(directory, NumberedCommits.SCHEMA, NumberedCommits.OPTIONS, disk);
  }

  /**
   * Opens what was found, and goes on.
   *
   * @param again where power losses during this opening are laid aside, in the list that is given
   * @return how many commits are there that were not promised
   */
  private static long expectPrefix(
      Path directory, LostPower loss, Path again, @Nullable List<LostPower> inRecovery)
      throws IOException {
    ForgetfulDisk forgetful = ForgetfulDisk.under(directory.getParent());
    double share = inRecovery == null ? 0 : SHARE_IN_RECOVERY;
    Losses losses = new Losses(loss.chance().random().split(), share, again, forgetful);
    losses.promised = loss.promised();
    losses.written = loss.written();
    long last;
    try (Tidemark store = open(directory, new ObservedFiles(forgetful, losses))) {
      losses.share = 0;
      last = NumberedCommits.last(store);
      assertThat(last).as("%s", loss).isBetween(loss.promised(), loss.written());
      NumberedCommits.expectExactly(store, last);
      for (int i = 1; i <= MORE; i++) {
        NumberedCommits.write(store, last + i, 10, Durability.BUFFERED);
      }
    }
    for (int i = 0; i < 2; i++) {
      // Twice: what is appended behind a hole is unreadable only then.
      try (Tidemark store = open(directory, new ObservedFiles())) {
        NumberedCommits.expectExactly(store, last + MORE);
      }
    }
    StoreAudit.check(directory);
    if (inRecovery != null) {
      inRecovery.addAll(losses.all);
    }
    return last - loss.promised();
  }
}
