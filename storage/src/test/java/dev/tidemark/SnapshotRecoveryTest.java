package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.fault.Call;
import dev.tidemark.storage.fault.FailingCall;
import dev.tidemark.storage.fault.FailingCall.Mode;
import dev.tidemark.storage.fault.MemoryDirectory;
import dev.tidemark.storage.fault.ObservedFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.Trees;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.format.Settled;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.storage.inspect.VerifyReport;
import dev.tidemark.storage.log.LogOptions;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.recovery.Recovery;
import dev.tidemark.storage.recovery.RecoveryCase;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.Snapshots;
import dev.tidemark.type.Durability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A store whose log was cut, and that has lost its state: what its snapshots make up for. */
class SnapshotRecoveryTest {
  private static final long FIRST = 20;
  private static final long SECOND = 40;
  private static final long LAST = 50;

  @TempDir(factory = MemoryDirectory.class)
  private Path parent;

  @RegisterExtension final StoreAudit audit = new StoreAudit();
  private Path dir;
  private StoreFiles files;

  @BeforeEach
  void fill() {
    dir = parent.resolve("store");
    files = new StoreFiles(dir);
    try (Tidemark store = open()) {
      write(store, 1, FIRST);
      store.roll();
      store.snapshot();
      write(store, FIRST + 1, SECOND);
      store.snapshot();
      write(store, SECOND + 1, LAST);
    }
    assertThat(cutBelow(FIRST + 1)).isEqualTo(FIRST + 1);
  }

  private Tidemark open() {
    return audit.open(
        dir,
        NumberedCommits.SCHEMA,
        NumberedCommits.OPTIONS.withRetention(Retention.byCommandOnly()));
  }

  private static void write(Tidemark store, long from, long to) {
    for (long number = from; number <= to; number++) {
      NumberedCommits.write(store, number, 50, Durability.BUFFERED);
    }
  }

  /** Gives where the log begins then. */
  private long cutBelow(long position) {
    byte[] storeId = Identity.read(files).orElseThrow().storeId();
    try (OpLog log = OpLog.open(files, storeId, LogOptions.DEFAULT)) {
      return log.truncateBelow(position);
    }
  }

  private RecoveryCase found() {
    return Recovery.look(files).recoveryCase();
  }

  /** In a file that no other snapshot has: they share most of them. */
  private void damage(Path snapshot, Path other) {
    Path shared = Snapshot.read(other).files().data();
    Path file =
        Trees.below(Snapshot.read(snapshot).files().data()).stream()
            .filter(path -> !Files.exists(shared.resolve(path.getFileName())))
            .max(Comparator.comparingLong(path -> path.toFile().length()))
            .orElseThrow();
    byte[] bytes = Trees.read(file);
    bytes[bytes.length / 2] ^= 1;
    Trees.write(file, bytes);
  }

  private void expectFrom(Path snapshot, long replayed) {
    assertThat(found()).isEqualTo(RecoveryCase.STATE_FROM_SNAPSHOT);
    Tidemark store = open();
    NumberedCommits.expectExactly(store, LAST);
    assertThat(store.recovery().recoveryCase()).isEqualTo(RecoveryCase.STATE_FROM_SNAPSHOT);
    assertThat(store.recovery().replayedCommits()).isEqualTo(replayed);
    assertThat(store.recovery().notes())
        .contains("the state was taken from the snapshot " + snapshot);
  }

  @Test
  void goesOnFromTheNewestSnapshotThatIsGood() {
    List<Path> snapshots = Snapshots.list(files);
    Trees.delete(files.state());
    assertThat(Recovery.look(files).findings())
        .contains("snapshot: " + snapshots.get(0) + " is good, up to position " + SECOND);
    expectFrom(snapshots.get(0), LAST - SECOND);
  }

  @Test
  void passesOverADamagedOne() {
    List<Path> snapshots = Snapshots.list(files);
    Trees.delete(files.state());
    damage(snapshots.get(0), snapshots.get(1));
    expectFrom(snapshots.get(1), LAST - FIRST);
    audit.expectDamage(dir);
  }

  @Test
  void setsAStateAsideThatIsDamagedOrEndsBeforeTheLogBegins() throws Exception {
    Path newest = Snapshots.list(files).get(0);
    Files.delete(files.state().resolve("CURRENT"));
    expectFrom(newest, LAST - SECOND);
    assertThat(files.quarantine().resolve("state-1")).isDirectory();
  }

  @Test
  void refusesWhereNoSnapshotIsGoodOrReachesTheLog() {
    Trees.delete(files.state());
    List<Path> snapshots = Snapshots.list(files);
    Trees.delete(snapshots.get(0));
    assertThat(cutBelow(LAST + 1)).isGreaterThan(FIRST + 1);
    refused();
  }

  private void refused() {
    Map<String, Integer> before = Trees.contents(dir);
    assertThat(found()).isEqualTo(RecoveryCase.STATE_LOST_FOR_GOOD);
    assertThatThrownBy(this::open)
        .isInstanceOf(DamagedException.class)
        .hasMessageStartingWith("state is lost and cannot be rebuilt");
    assertThat(Trees.contents(dir)).isEqualTo(before);
    audit.expectDamage(dir);
  }

  /**
   * A store was copied without its snapshots over one that had some, and went on: their positions
   * are those of other commits now.
   */
  @Test
  void takesNoSnapshotOfAnotherHistory() {
    Path other = parent.resolve("other");
    Trees.copy(dir, other);
    Settled.settle(other);
    try (Tidemark store = audit.open(other, NumberedCommits.SCHEMA, NumberedCommits.OPTIONS)) {
      write(store, LAST + 1, LAST + 5);
      store.snapshot();
    }
    try (Tidemark store = open()) {
      NumberedCommits.write(store, LAST + 1, 3000, Durability.SYNCED);
      write(store, LAST + 2, LAST + 9);
    }
    Snapshots.list(files).forEach(Trees::delete);
    Path strange = Snapshots.list(new StoreFiles(other)).get(0);
    Trees.copy(strange, files.snapshots().resolve(strange.getFileName()));
    Trees.delete(files.state());
    assertThat(Recovery.look(files).findings())
        .anyMatch(line -> line.endsWith(" is of another history"));
    refused();
  }

  @Test
  void takesNoneIfOneIsAheadOfTheLog() throws Exception {
    Path newest = Snapshots.list(files).get(0);
    String name = newest.getFileName().toString();
    Files.move(newest, newest.resolveSibling("0000000000009999" + name.substring(16)));
    Trees.delete(files.state());
    refused();
  }

  @Test
  void isFoundAsTheSameCaseWhereverACrashInterruptsIt() throws Exception {
    Trees.delete(files.state());
    int failures = 0;
    for (int nth = 1; ; nth += 3) {
      Path copy = parent.resolve("copy-" + nth);
      Trees.copy(dir, copy);
      Settled.settle(copy);
      FailingCall failing = new FailingCall(nth, Mode.FOR_GOOD, SnapshotRecoveryTest::isOfState);
      try (Tidemark store =
          Tidemark.open(
              copy, NumberedCommits.SCHEMA, NumberedCommits.OPTIONS, new ObservedFiles(failing))) {
        NumberedCommits.expectExactly(store, LAST);
      } catch (TidemarkException e) {
        failures++;
        assertThat(Recovery.look(new StoreFiles(copy)).recoveryCase())
            .isIn(RecoveryCase.STATE_FROM_SNAPSHOT, RecoveryCase.STATE_BEHIND);
      }
      try (Tidemark store = Tidemark.open(copy, NumberedCommits.SCHEMA, NumberedCommits.OPTIONS)) {
        NumberedCommits.expectExactly(store, LAST);
      }
      StoreAudit.check(copy);
      if (!failing.isReached()) {
        break;
      }
    }
    assertThat(failures).isGreaterThan(2);
    audit.expectDamage(dir);
  }

  private static boolean isOfState(Call call) {
    return call.path().toString().contains("restoring") || call.path().endsWith("state");
  }

  @Test
  void aStateWhoseLogWasCutIsVerifiedFromASnapshotOn() {
    List<Finding> findings = new ArrayList<>();
    VerifyReport report = Verification.run(dir, parent.resolve("scratch"), findings::add);
    assertThat(findings).isEmpty();
    assertThat(report.notCompared()).isNull();
    assertThat(report.compared()).isPositive();
    Snapshots.list(files).forEach(Trees::delete);
    report = Verification.run(dir, parent.resolve("scratch"), findings::add);
    assertThat(findings).isEmpty();
    assertThat(report.notCompared()).startsWith("the log begins at position " + (FIRST + 1));
  }
}
