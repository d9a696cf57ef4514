package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.event.Event;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.Status;
import dev.tidemark.storage.Truncation;
import dev.tidemark.storage.compaction.CompactionReport;
import dev.tidemark.storage.fault.Call;
import dev.tidemark.storage.fault.Chance;
import dev.tidemark.storage.fault.FailingCall;
import dev.tidemark.storage.fault.FailingCall.Mode;
import dev.tidemark.storage.fault.ForgetfulDisk;
import dev.tidemark.storage.fault.MemoryDirectory;
import dev.tidemark.storage.fault.ObservedFiles;
import dev.tidemark.storage.fault.Watcher;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.Trees;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.storage.inspect.VerifyReport;
import dev.tidemark.storage.log.TruncatedException;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotCheck;
import dev.tidemark.storage.snapshot.Snapshots;
import dev.tidemark.storage.state.DamagedState;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TruncationTest {
  private static final boolean NIGHTLY = Boolean.getBoolean("tidemark.nightly");
  private static final int STEP = NIGHTLY ? 1 : 23;
  private static final int POWER_LOSSES = NIGHTLY ? 60 : 2;
  private static final long FILLED = 16;
  private static final int PADDING = 5_000;

  @TempDir(factory = MemoryDirectory.class)
  private Path parent;

  @RegisterExtension final StoreAudit audit = new StoreAudit();
  private Path dir;
  private StoreFiles files;

  @BeforeEach
  void name() {
    dir = parent.resolve("store");
    files = new StoreFiles(dir);
  }

  private Tidemark open(Retention retention) {
    return audit.open(
        dir, NumberedCommits.SCHEMA, NumberedCommits.OPTIONS.withRetention(retention));
  }

  private Tidemark open() {
    return open(Retention.byCommandOnly());
  }

  private static void write(Tidemark store, long from, long to) {
    for (long number = from; number <= to; number++) {
      NumberedCommits.write(store, number, PADDING, Durability.BUFFERED);
    }
  }

  /**
   * A compaction had read the first of its segments when the log was cut behind a snapshot, and
   * told whoever had asked for it that the log began above the second.
   */
  @Test
  void aCompactionThatTheLogIsCutUnderFoldsNothing() {
    try (Tidemark store = open()) {
      for (long number = 1; number <= FILLED; number++) {
        write(store, number, number);
        store.roll();
      }
      store.flush();
      AtomicLong cuts = new AtomicLong();
      var report =
          store.compact(
              bytes -> {
                if (cuts.getAndIncrement() == 0) {
                  store.truncate();
                }
              });
      assertThat(cuts).hasPositiveValue();
      assertThat(report).isEqualTo(CompactionReport.NOTHING);
      assertThat(store.compact().segmentsBefore()).isZero();
      write(store, FILLED + 1, FILLED + 2);
    }
  }

  @Test
  void cutsTheLogAtASnapshotAndLosesNothing() {
    try (Tidemark store = open()) {
      write(store, 1, FILLED);
      Truncation done = store.truncate();
      assertThat(done).isEqualTo(new Truncation(FILLED, FILLED + 1, 0));
      Status status = store.status();
      assertThat(status.firstPosition()).isEqualTo(FILLED + 1);
      assertThat(status.logBytes()).isZero();
      assertThat(status.snapshotPosition()).isEqualTo(FILLED);
      // Once more there is nothing to do, and no second snapshot is taken for it.
      assertThat(store.truncate()).isEqualTo(done);
      assertThat(Snapshots.list(files)).hasSize(1);
      write(store, FILLED + 1, FILLED + 5);
    }
    try (Tidemark store = open()) {
      NumberedCommits.expectExactly(store, FILLED + 5);
      assertThat(store.recovery().found()).isEqualTo("clean");
      assertThat(store.status().firstPosition()).isEqualTo(FILLED + 1);
    }
    List<Finding> findings = new ArrayList<>();
    VerifyReport report = Verification.run(dir, parent.resolve("scratch"), findings::add);
    assertThat(findings).isEmpty();
    assertThat(report.notCompared()).isNull();
  }

  @Test
  void leadsWhoeverComesTooLateToTheSnapshot() {
    Tidemark store = open();
    write(store, 1, FILLED);
    store.truncate();
    write(store, FILLED + 1, FILLED + 1);
    assertThatThrownBy(() -> store.commits(1))
        .isInstanceOfSatisfying(
            TruncatedException.class,
            e -> {
              assertThat(e.firstPosition()).isEqualTo(FILLED + 1);
              assertThat(e.snapshotPosition()).isEqualTo(FILLED);
            })
        .hasMessageContaining("newestSnapshot=" + FILLED);
    store.sync();
    try (CommitStream behind = store.commits(FILLED + 1)) {
      assertThat(behind.next()).isTrue();
    }
  }

  @Test
  void keepsWhatAnOpenStreamHasNotReadYet() {
    Tidemark store = open();
    write(store, 1, FILLED);
    store.sync();
    try (CommitStream stream = store.commits(1)) {
      assertThat(stream.next()).isTrue();
      Truncation held = store.truncate();
      assertThat(held.heldPosition()).isEqualTo(2);
      assertThat(held.firstPosition()).isEqualTo(1);
      while (stream.position() < FILLED - 1) {
        assertThat(stream.next()).isTrue();
      }
      assertThat(store.truncate().firstPosition()).isBetween(2L, FILLED);
      assertThat(stream.next()).isTrue();
      assertThat(stream.position()).isEqualTo(FILLED);
    }
    assertThat(store.truncate().firstPosition()).isEqualTo(FILLED + 1);
  }

  @Test
  void keepsNoMoreThanTheBudgetForThoseWhoDoNotRead() throws Exception {
    Retention none = Retention.byCommandOnly().withRetainBytes(0);
    Tidemark store = open(none);
    write(store, 1, FILLED);
    store.sync();
    try (CommitStream stream = store.commits(1);
        Subscription subscription = store.subscribe("count:", 1)) {
      Truncation cut = store.truncate();
      assertThat(cut.firstPosition()).isEqualTo(FILLED + 1);
      assertThatThrownBy(stream::next).isInstanceOf(TruncatedException.class);
      assertThat(subscription.poll(Duration.ofSeconds(60)))
          .isEqualTo(new Event.Compacted(1, FILLED));
      assertThat(subscription.poll(Duration.ofSeconds(60)))
          .isInstanceOfSatisfying(
              Event.Current.class, now -> assertThat(now.key()).isEqualTo("count:all"));
    }
  }

  @Test
  void takesAnotherSnapshotWhereTheNewestIsDamaged() throws IOException {
    Tidemark store = open();
    write(store, 1, FILLED);
    Snapshot damaged = store.snapshot();
    Path file = Trees.below(damaged.files().data()).get(0);
    Files.delete(file);
    assertThat(store.truncate()).isEqualTo(new Truncation(FILLED, FILLED + 1, 0));
    List<Path> snapshots = Snapshots.list(files);
    assertThat(snapshots).hasSize(2).contains(damaged.directory());
    for (Path path : snapshots) {
      if (!path.equals(damaged.directory())) {
        SnapshotCheck.requireGood(path, () -> {});
      }
    }
  }

  /** Such a snapshot once took the place of the good ones, at each new try of another. */
  @ParameterizedTest
  @EnumSource(names = {"ALTER_CELL", "LOSE_CELL", "LOSE_HEAD", "ALTER_DIGEST"})
  void keepsLogAndSnapshotsWhereTheStateIsDamaged(DamagedState.Kind kind) throws Exception {
    Tidemark before = open();
    write(before, 1, FILLED);
    Snapshot good = before.snapshot();
    before.close();
    try (DamagedState state = new DamagedState(files.state())) {
      assertThat(state.damage(Bytes.utf8("set:"), Bytes.utf8("set:all"), kind)).isTrue();
    }
    Tidemark damaged = open();
    damaged.lwwRegister("other", Codec.utf8()).set("x");
    long first = damaged.status().firstPosition();
    assertThatThrownBy(damaged::truncate)
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("set:all");
    assertThatThrownBy(damaged::snapshot).isInstanceOf(DamagedException.class);
    assertThat(damaged.status().firstPosition()).isEqualTo(first);
    assertThat(files.snapshots()).isDirectoryContaining(good.directory()::equals);
    assertThat(files.snapshots().toFile().list()).hasSize(1);
    assertThat(damaged.repairs().alone().fromLog()).isPositive();
    assertThat(damaged.truncate().snapshotPosition()).isEqualTo(FILLED + 1);
  }

  @ParameterizedTest
  @EnumSource
  void keepsTheLogBoundedByItself(Rule rule) {
    AtomicLong now = new AtomicLong(System.currentTimeMillis());
    Options options =
        NumberedCommits.OPTIONS
            .withClock(now::get)
            .withRetention(rule.of(Retention.byCommandOnly()));
    try (Tidemark store = audit.open(dir, NumberedCommits.SCHEMA, options)) {
      AtomicLong number = new AtomicLong();
      for (int round = 1; round <= 2; round++) {
        long before = store.status().firstPosition();
        // A machine that was quick had written all there was before the first look at the log, and
        // left nothing that the second cut could be made for.
        long most = 1_000L * round;
        Tasks.await(
            () -> {
              // Somebody goes on writing, and time goes on too.
              if (number.get() < most) {
                NumberedCommits.write(store, number.incrementAndGet(), 500, Durability.BUFFERED);
              }
              now.addAndGet(100);
              return store.status().firstPosition() > before;
            },
            () -> "the log was not cut: " + store.status());
      }
      assertThat(store.status().trimProblem()).isNull();
      NumberedCommits.expectExactly(store, number.get());
    }
  }

  /** What the log is cut for. */
  enum Rule {
    SIZE,
    OPERATIONS,
    AGE;

    Retention of(Retention never) {
      return switch (this) {
        case SIZE -> never.withSnapshotBytes(64 << 10);
        case OPERATIONS -> never.withSnapshotOperations(500);
        case AGE -> never.withSnapshotAge(Duration.ofSeconds(5));
      };
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ONCE", "FOR_GOOD"})
  void isWholeWhicheverCallToTheDiskFails(Mode mode) throws Exception {
    int failures = 0;
    for (int nth = 1; ; nth += STEP) {
      Path directory = parent.resolve(mode + "-" + nth);
      Failing failing = new Failing(nth, mode);
      boolean failed = false;
      try (Tidemark store = open(directory, new ObservedFiles(failing))) {
        write(store, 1, FILLED);
        store.sync();
        failing.isArmed = true;
        store.truncate();
      } catch (TidemarkException e) {
        failed = true;
      }
      failing.isArmed = false;
      failures += failed ? 1 : 0;
      expectWhole(directory, FILLED);
      if (!failing.call.isReached()) {
        break;
      }
    }
    assertThat(failures).isGreaterThan(2);
  }

  private static Tidemark open(Path directory, ObservedFiles disk) {
    return Tidemark.open(
        directory,
        NumberedCommits.SCHEMA,
        NumberedCommits.OPTIONS.withRetention(Retention.byCommandOnly()),
        disk);
  }

  /** All is there, and the state without which it would not be can be lost again. */
  private static void expectWhole(Path directory, long last) {
    try (Tidemark store = open(directory, new ObservedFiles())) {
      NumberedCommits.expectExactly(store, last);
    }
    StoreAudit.check(directory);
    Trees.delete(new StoreFiles(directory).state());
    try (Tidemark store = open(directory, new ObservedFiles())) {
      NumberedCommits.expectExactly(store, last);
      store.truncate();
    }
    StoreAudit.check(directory);
  }

  private static final class Failing implements Watcher {
    final FailingCall call;
    volatile boolean isArmed;

    Failing(int nth, Mode mode) {
      this.call = new FailingCall(nth, mode, any -> isArmed);
    }

    @Override
    public void before(Call made) throws IOException {
      call.before(made);
    }
  }

  @Test
  void isWholeWheneverThePowerFails() throws Exception {
    int losses = 0;
    int cut = 0;
    for (int run = 0; run < POWER_LOSSES; run++) {
      SplittableRandom random = new SplittableRandom(run);
      Path home = Files.createDirectory(parent.resolve("home-" + run));
      Path directory = home.resolve("store");
      Path scratch = Files.createDirectory(parent.resolve("lost-" + run));
      ForgetfulDisk forgetful = ForgetfulDisk.under(home);
      List<LostPower> all = new ArrayList<>();
      Watcher power =
          new Watcher() {
            @Override
            public void after(Call call) throws IOException {
              if (Files.exists(home.resolve("armed")) && random.nextInt(12) == 0) {
                Path kept = scratch.resolve("at-" + all.size());
                Chance chance = Chance.draw(random.split());
                all.add(LostPower.now(forgetful, kept, FILLED, FILLED, chance));
              }
            }
          };
      try (Tidemark store = open(directory, new ObservedFiles(forgetful, power))) {
        write(store, 1, FILLED);
        store.sync();
        Files.createFile(home.resolve("armed"));
        store.truncate();
        Files.delete(home.resolve("armed"));
      }
      for (LostPower loss : all) {
        loss.restore(directory);
        try (Tidemark store = open(directory, new ObservedFiles())) {
          cut += store.status().firstPosition() > 1 ? 1 : 0;
        }
        expectWhole(directory, FILLED);
        losses++;
      }
    }
    System.out.printf("%d power losses while truncating, %d after the cut%n", losses, cut);
    assertThat(losses).isGreaterThan(POWER_LOSSES);
    assertThat(cut).isPositive();
  }
}
