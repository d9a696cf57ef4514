package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.Trees;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.storage.recovery.RecoveryCase;
import dev.tidemark.storage.snapshot.Restore;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotCheck;
import dev.tidemark.storage.snapshot.Snapshots;
import dev.tidemark.type.Durability;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.Size;

/**
 * One store that is snapshotted, truncated, killed, robbed of its state and restored in any order,
 * against the plain numbers that it should hold.
 */
class SnapshotModelProperties {
  private static final Options OPTIONS =
      NumberedCommits.OPTIONS.withRetention(Retention.byCommandOnly().withKeepSnapshots(3));

  private static final int TRIES = 5;

  enum Step {
    WRITE,
    WRITE_MUCH,
    FLUSH,
    ROLL,
    COMPACT,
    SNAPSHOT,
    TRUNCATE,
    RESTART,
    CRASH,
    LOSE_STATE,
    RESTORE,
    RESTORE_ELSEWHERE,
    VERIFY
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.BOUNDED)
  void holdsWhatThePlainNumbersSay(@ForAll @Size(min = 8, max = 25) List<Step> steps) {
    check(steps);
  }

  private static void check(List<Step> steps) {
    Path home = Scratch.directory();
    try (Run run = new Run(home)) {
      for (Step step : steps) {
        run.step(step);
      }
      run.finish();
    }
    Scratch.delete(home);
  }

  private static final class Run implements AutoCloseable {
    private final Path home;
    private final Map<Long, Long> numberAt = new HashMap<>();
    private Path directory;
    private Tidemark store;
    private long number;

    Run(Path home) {
      this.home = home;
      this.directory = home.resolve("store");
      this.store = open();
    }

    private Tidemark open() {
      return Tidemark.open(directory, NumberedCommits.SCHEMA, OPTIONS);
    }

    private StoreFiles files() {
      return new StoreFiles(directory);
    }

    void step(Step step) {
      switch (step) {
        case WRITE -> write(3, 50);
        case WRITE_MUCH -> write(20, 8_000);
        case FLUSH -> store.flush();
        case ROLL -> store.roll();
        case COMPACT -> store.compact();
        case SNAPSHOT -> snapshot();
        case TRUNCATE -> truncate();
        case RESTART -> {
          store.close();
          store = open();
        }
        case CRASH -> {
          KillCopy.kill(store, directory);
          store = open();
        }
        case LOSE_STATE -> loseState();
        case RESTORE -> restore(directory, true);
        case RESTORE_ELSEWHERE -> restore(home.resolve("elsewhere-" + numberAt.size()), false);
        case VERIFY -> verify();
      }
      NumberedCommits.expectExactly(store, number);
    }

    private void write(int count, int padding) {
      for (int i = 0; i < count; i++) {
        NumberedCommits.write(store, ++number, padding, Durability.BUFFERED);
      }
    }

    private void snapshot() {
      Snapshot taken = store.snapshot();
      assertThat(taken.position()).isEqualTo(store.status().appendedPosition());
      numberAt.put(taken.manifest().id(), number);
    }

    private void truncate() {
      long end = store.status().appendedPosition();
      assertThat(store.truncate().firstPosition()).isEqualTo(end + 1);
      for (Path path : Snapshots.list(files())) {
        numberAt.putIfAbsent(Snapshot.read(path).manifest().id(), number);
      }
    }

    private void loseState() {
      boolean wasCut = store.status().firstPosition() > 1;
      boolean isEmpty = store.status().appendedPosition() == 0;
      if (wasCut && Snapshots.list(files()).isEmpty()) {
        // Just restored, in a directory of its own: a second loss would be too much.
        return;
      }
      store.close();
      Trees.delete(files().state());
      store = open();
      if (!isEmpty) {
        assertThat(store.recovery().recoveryCase())
            .isEqualTo(wasCut ? RecoveryCase.STATE_FROM_SNAPSHOT : RecoveryCase.STATE_LOST);
      }
    }

    /** Some snapshot of those there are; the numbers go on from what it holds. */
    private void restore(Path target, boolean inPlace) {
      List<Path> all = Snapshots.list(files());
      if (all.isEmpty() || (!inPlace && target.toFile().exists())) {
        return;
      }
      Snapshot chosen = Snapshot.read(all.get((int) (number % all.size())));
      store.close();
      Restore.run(chosen.directory(), target, inPlace);
      directory = target;
      number = numberAt.get(chosen.manifest().id());
      store = open();
      assertThat(store.status().firstPosition()).isEqualTo(chosen.position() + 1);
    }

    private void verify() {
      store.close();
      List<Finding> findings = new ArrayList<>();
      Verification.run(directory, home.resolve("scratch"), findings::add);
      assertThat(findings).isEmpty();
      store = open();
    }

    void finish() {
      store.close();
      StoreAudit.check(directory);
      for (Path path : Snapshots.list(files())) {
        SnapshotCheck.requireGood(path, () -> {});
      }
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
