package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.interest.Interest;
import dev.tidemark.storage.fault.Call;
import dev.tidemark.storage.fault.Chance;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.fault.ForgetfulDisk;
import dev.tidemark.storage.fault.MemoryDirectory;
import dev.tidemark.storage.fault.ObservedFiles;
import dev.tidemark.storage.fault.Watcher;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The process or the power goes while a member of a ring lets go of keys: it then holds them as
 * before, or does not claim them, and what it has not let go of is there.
 */
class NarrowingCrashTest {
  private static final int RUNS = Boolean.getBoolean("tidemark.nightly") ? 30 : 1;

  /** How often the power fails: so many times per call and step. */
  private static final double SHARE = 0.04;

  @TempDir(factory = MemoryDirectory.class)
  private Path parent;

  @ParameterizedTest
  @CsvSource({
    "narrow.before:1, true",
    "narrow.after:1, false",
    "run_attach.before:2, false",
    "run_attach.after:2, false",
    "run_batch.after:2, false",
  })
  void holdsTheKeysAsBeforeOrDoesNotClaimThemAfterAKill(String moment, boolean holdsAll)
      throws Exception {
    try (TwoMembers members = TwoMembers.open(parent, new ObservedFiles())) {
      members.add("old", Durability.SYNCED);
    }
    Process process =
        JavaProcess.of(
                List.of("-Xmx256m", "-D" + CrashPoint.PROPERTY + "=" + moment),
                NarrowingProcess.class,
                parent.toString())
            .start();
    assertThat(process.waitFor()).isEqualTo(128 + 9);
    try (TwoMembers members = TwoMembers.open(parent, new ObservedFiles())) {
      assertThat(members.founder().interest().equals(Interest.ALL)).isEqualTo(holdsAll);
      members.expectHeld(List.of("old"));
      members.settle();
      members.add("new", Durability.SYNCED);
      members.expectOwned(List.of("old", "new"));
      members.expectNothingElse();
    }
    checkBoth(parent);
  }

  private static void checkBoth(Path home) {
    StoreAudit.check(TwoMembers.founder(home));
    StoreAudit.check(TwoMembers.joiner(home));
  }

  /** What a power loss left of both, and what had been promised to survive it. */
  private record Loss(LostPower both) {
    void restore(Path home) throws IOException {
      both.restore(TwoMembers.founder(home));
      both.restore(TwoMembers.joiner(home));
    }

    /** The elements that were promised. */
    List<String> elements() {
      return LongStream.rangeClosed(1, both.promised())
          .mapToObj(NarrowingCrashTest::element)
          .toList();
    }
  }

  private static String element(long number) {
    return "element-" + number + ";";
  }

  /** Fails the power of both, now and then, before or after a call to the disk. */
  private static final class Losses implements Watcher {
    private final List<Loss> all = new ArrayList<>();
    private final SplittableRandom random;
    private final Path scratch;
    private final ForgetfulDisk disk;
    private volatile boolean armed;
    private volatile long promised;

    Losses(SplittableRandom random, Path scratch, ForgetfulDisk disk) {
      this.random = random;
      this.scratch = scratch;
      this.disk = disk;
    }

    @Override
    public void before(Call call) throws IOException {
      perhaps(SHARE);
    }

    @Override
    public void after(Call call) throws IOException {
      perhaps(SHARE);
    }

    void perhaps(double share) throws IOException {
      if (armed && random.nextDouble() < share) {
        long before = promised;
        Path kept = scratch.resolve("lost-" + all.size());
        Chance chance = Chance.draw(random.split());
        all.add(new Loss(LostPower.now(disk, kept, before, before, chance)));
      }
    }
  }

  @Test
  void holdsTheKeysAsBeforeOrDoesNotClaimThemWheneverThePowerFails() throws Exception {
    int losses = 0;
    int narrowed = 0;
    for (int run = 0; run < RUNS; run++) {
      Path scratch = Files.createDirectory(parent.resolve("run-" + run));
      Path home = Files.createDirectory(scratch.resolve("home"));
      for (Loss loss : share(new SplittableRandom(run), scratch, home)) {
        loss.restore(home);
        narrowed += expectWhole(home, loss) ? 1 : 0;
        losses++;
      }
      Scratch.delete(scratch);
    }
    System.out.printf(
        "%d power losses while keys were handed over, %d found one that had let go of some%n",
        losses, narrowed);
    assertThat(narrowed).isPositive().isLessThan(losses);
  }

  /** Hands keys over while they are written to, with the state of the disk at some losses. */
  private static List<Loss> share(SplittableRandom random, Path scratch, Path home)
      throws IOException {
    ForgetfulDisk forgetful = ForgetfulDisk.under(home);
    Losses losses = new Losses(random.split(), scratch, forgetful);
    ObservedFiles disk = new ObservedFiles(forgetful, losses);
    long number = 0;
    try (TwoMembers members = TwoMembers.open(home, disk)) {
      boolean isDone = false;
      for (int after = 0; after < 3; after += isDone ? 1 : 0) {
        number++;
        members.add(element(number), Durability.BUFFERED);
        members.founder().sync();
        members.joiner().sync();
        losses.promised = number;
        losses.armed = true;
        if (number == 2) {
          members.announce();
        }
        isDone = number > 2 && members.step();
        disk.still(
            () -> {
              losses.perhaps(0.5);
              return null;
            });
      }
      losses.armed = false;
    }
    return losses.all;
  }

  /** Opens what was found, and goes on; whether one had let go of keys. */
  private static boolean expectWhole(Path home, Loss loss) {
    boolean narrowed;
    try (TwoMembers members = TwoMembers.open(home, new ObservedFiles())) {
      narrowed = !members.founder().interest().isAll();
      members.expectHeld(loss.elements());
      members.settle();
      members.expectOwned(loss.elements());
      members.add("new", Durability.SYNCED);
      members.expectOwned(List.of("new"));
      members.expectNothingElse();
    }
    checkBoth(home);
    return narrowed;
  }
}
