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
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.log.SegmentInfo;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A disk that fails, and power that does, at every call to the disk that a compaction makes. */
class CompactionFaultTest {
  private static final boolean NIGHTLY = Boolean.getBoolean("tidemark.nightly");
  private static final int STEP = NIGHTLY ? 1 : 5;
  private static final double SHARE = NIGHTLY ? 1 : 0.2;
  private static final int COMMITS = 12;
  private static final int FEWEST_CALLS = 15;

  @TempDir(factory = MemoryDirectory.class)
  private Path parent;

  private static Tidemark open(Path directory, DurableFiles disk) {
    return Tidemark.open(directory, NumberedCommits.SCHEMA, NumberedCommits.OPTIONS, disk);
  }

  /** Commits in segments of four; the last one is sealed too. */
  private static void write(Tidemark store, long first) {
    for (long number = first; number < first + COMMITS; number++) {
      NumberedCommits.write(store, number, 500, Durability.BUFFERED);
      if (number % 4 == 0) {
        store.roll();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONCE", "FOR_GOOD"})
  void leavesTheLogWholeWhicheverCallFails(Mode mode) throws IOException {
    int nth = 1 + mode.ordinal();
    FailingCall failing;
    do {
      Path directory = parent.resolve(mode + "-" + nth);
      Armed armed = new Armed();
      failing = new FailingCall(nth, mode, call -> armed.isArmed);
      try (Tidemark store = open(directory, new ObservedFiles(failing))) {
        write(store, 1);
        store.compact();
        write(store, COMMITS + 1);
        store.flush();
        armed.isArmed = true;
        compact(store, failing);
        armed.isArmed = false;
        NumberedCommits.expectExactly(store, 2 * COMMITS);
      }
      expectWhole(directory, 2 * COMMITS);
      nth += STEP;
    } while (failing.isReached());
    assertThat(nth).isGreaterThan(FEWEST_CALLS);
  }

  private static final class Armed {
    private volatile boolean isArmed;
  }

  private static void compact(Tidemark store, FailingCall failing) {
    try {
      store.compact();
      assertThat(store.log().segments()).hasSize(1);
    } catch (TidemarkException e) {
      assertThat(failing.hasFailed()).isTrue();
    }
  }

  private static void expectWhole(Path directory, long last) {
    for (int i = 0; i < 2; i++) {
      try (Tidemark store = open(directory, DurableFiles.standard())) {
        NumberedCommits.expectExactly(store, last);
      }
    }
    StoreAudit.check(directory);
  }

  /**
   * The state is one that was there before: parts of it were folded from what is compacted now, and
   * the log still has all that it lacks. Every other time it is lost altogether.
   */
  @Test
  void keepsAllThatWasSyncedWheneverThePowerFails() throws IOException {
    Path home = Files.createDirectory(parent.resolve("home"));
    Path directory = home.resolve("store");
    try (Tidemark store = open(directory, DurableFiles.standard())) {
      write(store, 1);
    }
    SplittableRandom random = new SplittableRandom(4);
    ForgetfulDisk forgetful = ForgetfulDisk.under(home);
    List<LostPower> losses = new ArrayList<>();
    long last = 2 * COMMITS;
    Armed armed = new Armed();
    Watcher losing =
        new Watcher() {
          @Override
          public void before(Call call) throws IOException {
            if (armed.isArmed && random.nextDouble() < SHARE) {
              Path kept = parent.resolve("lost-" + losses.size());
              Chance chance = Chance.draw(random.split());
              losses.add(LostPower.now(forgetful, kept, last, last, chance));
            }
          }
        };
    try (Tidemark store = open(directory, new ObservedFiles(forgetful, losing))) {
      write(store, COMMITS + 1);
      store.flush();
      store.sync();
      armed.isArmed = true;
      store.compact();
      armed.isArmed = false;
      assertThat(store.log().segments()).hasSize(1).allMatch(SegmentInfo::isFolded);
    }
    for (LostPower loss : losses) {
      loss.restore(directory);
      if (losses.indexOf(loss) % 2 == 1) {
        Scratch.delete(directory.resolve("state"));
      }
      expectWhole(directory, last);
    }
    System.out.println(losses.size() + " power losses while compacting");
    assertThat(losses).isNotEmpty();
  }
}
