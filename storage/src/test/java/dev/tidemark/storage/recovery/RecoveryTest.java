package dev.tidemark.storage.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.Exchange;
import dev.tidemark.KillCopy;
import dev.tidemark.StoreAudit;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.Trees;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.format.Place;
import dev.tidemark.storage.format.Settled;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The cases of the table, on real directories. */
class RecoveryTest {
  private static final Schema SETS = Schema.of("s:", Strategy.OR_SET);
  private static final int FILLED = 5;
  private static final int MANY = 500;

  @TempDir private Path parent;
  @RegisterExtension final StoreAudit audit = new StoreAudit();
  private Path dir;
  private StoreFiles files;

  @BeforeEach
  void name() {
    dir = parent.resolve("store");
    files = new StoreFiles(dir);
  }

  private Tidemark open() {
    return audit.open(dir, SETS, Options.defaults());
  }

  private static void add(Tidemark store, int from, int to) {
    for (int i = from; i < to; i++) {
      store.orSet("s:1", Codec.utf8()).add("e" + i);
    }
  }

  private static void expect(Tidemark store, int count) {
    List<String> all = Stream.iterate(0, i -> i + 1).limit(count).map(i -> "e" + i).toList();
    assertThat(store.orSet("s:1", Codec.utf8()).elements()).containsExactlyElementsOf(all);
  }

  private long fill() {
    try (Tidemark store = open()) {
      add(store, 0, FILLED);
      return store.replicaId();
    }
  }

  private RecoveryCase found() {
    return Recovery.look(files).recoveryCase();
  }

  private void refuses(RecoveryCase expected, String title) throws IOException {
    audit.expectDamage(dir);
    Map<String, Integer> before = Trees.contents(dir);
    assertThat(found()).isEqualTo(expected);
    assertThatThrownBy(this::open)
        .isInstanceOf(DamagedException.class)
        .hasMessageStartingWith(title);
    audit.expectDamage(dir);
    assertThat(Trees.contents(dir)).isEqualTo(before);
  }

  /** The replica id is another; the old one's operations are those of a remote. */
  private void expectReborn(Tidemark store, long old, RecoveryCase expected) {
    assertThat(store.recovery().recoveryCase()).isEqualTo(expected);
    assertThat(store.recovery().notes()).anyMatch(note -> note.startsWith("the replica id is now"));
    assertThat(store.replicaId()).isNotEqualTo(old);
    assertThat(store.vector().get(old)).isPositive();
    assertThat(store.vector().get(store.replicaId())).isZero();
  }

  private static Path sst(Path state) throws IOException {
    try (Stream<Path> tree = Files.list(state)) {
      return tree.filter(path -> path.toString().endsWith(".sst"))
          .max(Comparator.comparingLong(path -> path.toFile().length()))
          .orElseThrow();
    }
  }

  @Test
  void looksWithoutChangingAByte() throws IOException {
    fill();
    Map<String, Integer> before = Trees.contents(dir);
    Recovery recovery = Recovery.look(files);
    assertThat(recovery.recoveryCase()).isEqualTo(RecoveryCase.CLEAN);
    assertThat(recovery.findings()).anyMatch(line -> line.equals("durable mark: position 5"));
    assertThat(Trees.contents(dir)).isEqualTo(before);
  }

  @Test
  void buildsAStateThatIsDamagedAnewAndKeepsTheOldOneAside() throws IOException {
    fill();
    Files.delete(sst(files.state()));
    assertThat(found()).isEqualTo(RecoveryCase.STATE_DAMAGED);
    Tidemark store = open();
    expect(store, FILLED);
    assertThat(store.recovery().found()).isEqualTo("state damaged");
    assertThat(store.recovery().replayedCommits()).isEqualTo(FILLED);
    assertThat(store.recovery().notes())
        .anyMatch(note -> note.contains(files.quarantine().resolve("state-1").toString()));
    assertThat(files.quarantine().resolve("state-1")).isDirectory();
  }

  @Test
  void examinesAStateUnderSuspicionAndBuildsItAnewIfItFails() throws IOException {
    try (Tidemark store = open()) {
      // The table of the cells is then the largest.
      add(store, 0, MANY);
    }
    Path sst = sst(files.state());
    try (RandomAccessFile file = new RandomAccessFile(sst.toFile(), "rw")) {
      file.seek(20);
      int old = file.read();
      file.seek(20);
      file.write(old ^ 1);
    }
    assertThat(found()).as("nobody has met it").isEqualTo(RecoveryCase.CLEAN);
    Files.createFile(files.stateSuspect());
    assertThat(found()).isEqualTo(RecoveryCase.STATE_DAMAGED);
    assertThat(open().orSet("s:1", Codec.utf8()).size()).isEqualTo(MANY);
    assertThat(files.stateSuspect()).doesNotExist();
  }

  @Test
  void clearsAStateOfAnUnfoundedSuspicion() throws IOException {
    fill();
    Files.createFile(files.stateSuspect());
    Tidemark store = open();
    assertThat(store.recovery().recoveryCase()).isEqualTo(RecoveryCase.CLEAN);
    assertThat(store.recovery().notes()).anyMatch(note -> note.contains("found nothing"));
    assertThat(files.stateSuspect()).doesNotExist();
  }

  @Test
  void buildsAStateThatIsGoneAnew() throws IOException {
    fill();
    Trees.delete(files.state());
    Tidemark store = open();
    expect(store, FILLED);
    assertThat(store.recovery().recoveryCase()).isEqualTo(RecoveryCase.STATE_LOST);
  }

  @Test
  void goesOnUnderAnotherReplicaIdWhereTheStateIsAheadOfTheLog() throws IOException {
    long old = fill();
    Path before = parent.resolve("before");
    Trees.copy(dir, before);
    try (Tidemark store = open()) {
      add(store, FILLED, FILLED + 3);
    }
    // The log as a disk would have it that has forgotten the last three, the mark with it.
    Trees.delete(files.log());
    Trees.copy(before.resolve("log"), files.log());
    Files.delete(files.durableMark());
    Files.copy(before.resolve("DURABLE-MARK"), files.durableMark());
    assertThat(found()).isEqualTo(RecoveryCase.STATE_AHEAD);
    Tidemark store = open();
    expectReborn(store, old, RecoveryCase.STATE_AHEAD);
    expect(store, FILLED + 3);
    assertThat(files.quarantine().resolve("log-1")).isDirectory();
    assertThat(store.status().firstPosition()).isEqualTo(FILLED + 4);
    add(store, FILLED + 3, FILLED + 5);
    store.close();
    Tidemark again = open();
    assertThat(again.recovery().recoveryCase()).isEqualTo(RecoveryCase.CLEAN);
    expect(again, FILLED + 5);
  }

  @Test
  void goesOnWithTheStateWhereTheLogIsGoneAndTheMarkIsReached() throws IOException {
    long old = fill();
    Trees.delete(files.log());
    Tidemark store = open();
    expectReborn(store, old, RecoveryCase.STATE_AHEAD);
    expect(store, FILLED);
  }

  @Test
  void refusesALostLogWhoseEndNobodyKnows() throws IOException {
    fill();
    Trees.delete(files.log());
    Files.delete(files.durableMark());
    refuses(RecoveryCase.LOG_LOST, "log is missing");
  }

  @Test
  void refusesWhereLogAndStateAreGone() throws IOException {
    fill();
    Trees.delete(files.log());
    Trees.delete(files.state());
    refuses(RecoveryCase.ALL_LOST, "log and state are missing");
    Files.delete(files.durableMark());
    refuses(RecoveryCase.ALL_LOST, "log and state are missing");
  }

  @Test
  void refusesAStoreWithoutIdentity() throws IOException {
    fill();
    Files.delete(files.identity());
    refuses(RecoveryCase.IDENTITY_LOST, "identity is missing");
  }

  /**
   * With the mark removed and the log cut between two entries the cut passed for the log's end: the
   * next update was numbered like one that peers might have seen.
   */
  @Test
  void takesAnotherReplicaIdWhereTheMarkIsGoneSinceACutCannotBeSeen() throws IOException {
    Tidemark live = open();
    add(live, 0, FILLED);
    live.sync();
    long old = live.replicaId();
    KillCopy.kill(live, dir);
    Files.delete(files.durableMark());
    Tidemark store = open();
    expectReborn(store, old, RecoveryCase.MARK_LOST);
    expect(store, FILLED);
  }

  @Test
  void takesAnotherReplicaIdInACopyAndBothGoOnAndMeet() throws IOException {
    long old = fill();
    Path copy = parent.resolve("copy");
    Trees.copy(dir, copy);
    Tidemark original = open();
    assertThat(original.recovery().recoveryCase()).isEqualTo(RecoveryCase.CLEAN);
    Tidemark store = audit.open(copy, SETS, Options.defaults());
    expectReborn(store, old, RecoveryCase.COPIED);
    add(original, FILLED, FILLED + 1);
    add(store, FILLED + 1, FILLED + 2);
    try (Exchange there = new Exchange(original, store);
        Exchange back = new Exchange(store, original)) {
      assertThat(there.pull()).isEqualTo(1);
      assertThat(back.pull()).isEqualTo(1);
    }
    expect(original, FILLED + 2);
    expect(store, FILLED + 2);
    store.close();
    Tidemark again = audit.open(copy, SETS, Options.defaults());
    assertThat(again.recovery().recoveryCase()).isEqualTo(RecoveryCase.CLEAN);
  }

  /** Both were taken for the first open of one store, and numbered their operations alike. */
  @Test
  void takesAnotherReplicaIdInACopyOfAFirstOpenThatWasInterrupted() throws IOException {
    Files.createDirectory(dir);
    Identity.first(Identity.drawStoreId(), 1, 0, Place.of(dir))
        .write(files, DurableFiles.standard());
    Path copy = parent.resolve("copy");
    Trees.copy(dir, copy);
    assertThat(open().replicaId()).isEqualTo(1);
    Tidemark store = audit.open(copy, SETS, Options.defaults());
    assertThat(store.recovery().recoveryCase()).isEqualTo(RecoveryCase.CREATED);
    assertThat(store.replicaId()).isNotEqualTo(1);
    add(store, 0, 1);
    store.close();
    Tidemark again = audit.open(copy, SETS, Options.defaults());
    assertThat(again.recovery().recoveryCase()).isEqualTo(RecoveryCase.CLEAN);
  }

  @Test
  void keepsItsReplicaIdWhenTheDirectoryIsRenamed() throws IOException {
    long old = fill();
    audit.expectDamage(dir);
    Path elsewhere = Files.move(dir, parent.resolve("renamed"));
    Tidemark store = audit.open(elsewhere, SETS, Options.defaults());
    assertThat(store.replicaId()).isEqualTo(old);
    assertThat(store.recovery().recoveryCase()).isEqualTo(RecoveryCase.CLEAN);
  }

  /** An identity from before a new replica id was taken would make the old one's dots again. */
  @Test
  void takesAnotherReplicaIdWhereTheIdentityIsAnOlderOne() throws IOException {
    fill();
    byte[] older = Files.readAllBytes(files.identity());
    Files.delete(files.durableMark());
    long second;
    try (Tidemark store = open()) {
      second = store.replicaId();
    }
    Files.write(files.identity(), older);
    Tidemark third = open();
    assertThat(third.recovery().recoveryCase()).isEqualTo(RecoveryCase.IDENTITY_OLD);
    assertThat(third.replicaId()).isNotEqualTo(second);
  }

  @Test
  void takesUpAFirstOpenThatWasInterruptedAnywhere() throws IOException {
    for (int nth = 1; ; nth++) {
      Path target = parent.resolve("first" + nth);
      FailingFiles disk = new FailingFiles(nth);
      try {
        var opened = dev.tidemark.storage.core.Opening.open(target, SETS, Options.defaults(), disk);
        opened.close();
        assertThat(nth).as("steps of a first open").isGreaterThan(10);
        return;
      } catch (StoreUnusableException injected) {
        try (Tidemark store = audit.open(target, SETS, Options.defaults())) {
          add(store, 0, 1);
        }
        expect(audit.open(target, SETS, Options.defaults()), 1);
      }
    }
  }

  @Test
  void finishesARecoveryThatWasInterruptedAnywhere() throws IOException {
    long old = fill();
    audit.expectDamage(dir);
    Trees.delete(files.log());
    for (int nth = 1; ; nth++) {
      Path target = parent.resolve("copy" + nth);
      Trees.copy(dir, target);
      Settled.settle(target);
      FailingFiles disk = new FailingFiles(nth);
      boolean interrupted = false;
      try {
        var opened = dev.tidemark.storage.core.Opening.open(target, SETS, Options.defaults(), disk);
        opened.close();
      } catch (StoreUnusableException injected) {
        interrupted = true;
      }
      Tidemark store = audit.open(target, SETS, Options.defaults());
      expect(store, FILLED);
      assertThat(store.replicaId()).isNotEqualTo(old);
      add(store, FILLED, FILLED + 1);
      if (!interrupted) {
        assertThat(nth).as("steps of this recovery").isGreaterThan(5);
        return;
      }
    }
  }

  @Test
  void saysThatTheClockIsBehindAndStampsAboveWhatWasSeen() {
    try (Tidemark store =
        audit.open(dir, SETS, Options.defaults().withClock(() -> 2_000_000_000_000L))) {
      add(store, 0, 1);
    }
    Tidemark store = audit.open(dir, SETS, Options.defaults().withClock(() -> 1_999_999_000_000L));
    assertThat(store.recovery().notes())
        .containsExactly("the clock is 1000000 ms behind the newest update that was seen");
    long before = store.status().clock();
    add(store, 1, 2);
    assertThat(store.status().clock()).isGreaterThan(before);
  }

  @Test
  void acknowledgedUpdatesOfAStoreThatWasKilledAreThere() throws IOException {
    Tidemark live = open();
    add(live, 0, FILLED);
    live.orSet("s:1", Codec.utf8()).with(Durability.SYNCED).add("e" + FILLED);
    long old = live.replicaId();
    KillCopy.kill(live, dir);
    assertThat(found()).isEqualTo(RecoveryCase.UNSEALED);
    Tidemark store = open();
    expect(store, FILLED + 1);
    assertThat(store.replicaId()).isEqualTo(old);
  }
}
