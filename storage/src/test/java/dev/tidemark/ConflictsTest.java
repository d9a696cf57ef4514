package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.conflict.Conflict;
import dev.tidemark.storage.conflict.ConflictHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a store tells of values that concurrent updates took from each other. */
class ConflictsTest {
  private static final String REGISTER = EveryStrategy.key(Strategy.LWW_REGISTER, 0);
  private static final String MAP = EveryStrategy.key(Strategy.LWW_MAP, 0);

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private long firstClock = 1_000;
  private long secondClock = 2_000;
  private Tidemark first;
  private Tidemark second;

  @BeforeEach
  void open() {
    first = openFirst();
    second = open("second", 2, options().withClock(() -> secondClock));
  }

  private Tidemark openFirst() {
    return open("first", 1, options().withClock(() -> firstClock));
  }

  private static Options options() {
    return QuietOptions.defaults();
  }

  private Tidemark open(String name, long replica, Options options) {
    return audit.open(dir.resolve(name), EveryStrategy.SCHEMA, options.withReplicaId(replica));
  }

  private static void set(Tidemark store, String value) {
    store.lwwRegister(REGISTER, Codec.utf8()).set(value);
  }

  private static Value value(String text) {
    return new Value.Register(Bytes.utf8(text));
  }

  @Test
  void tellsTheValueThatLostAtBothEndsWithWhatEachMakerHadSeen() {
    set(first, "base");
    pull(first, second);
    set(first, "early");
    set(second, "late");
    pull(second, first);
    pull(first, second);
    for (Tidemark store : List.of(first, second)) {
      assertThat(store.conflicts().count()).isEqualTo(1);
      Conflict conflict = store.conflicts().newest().get(0);
      assertThat(conflict.key()).isEqualTo(Bytes.utf8(REGISTER));
      assertThat(conflict.winner().value()).isEqualTo(value("late"));
      assertThat(conflict.loser().value()).isEqualTo(value("early"));
      assertThat(conflict.winner().seen()).isEqualTo(VersionVector.of(1, 1).with(2, 1));
      assertThat(conflict.loser().seen()).isEqualTo(VersionVector.of(1, 2));
    }
  }

  @Test
  void takesAnUpdateThatFollowsAnotherForNoConflictWhateverTheClocksSay() {
    secondClock = 1;
    set(first, "a");
    pull(first, second);
    set(second, "b");
    pull(second, first);
    set(first, "c");
    pull(first, second);
    assertThat(first.conflicts().count()).isZero();
    assertThat(second.conflicts().count()).isZero();
  }

  @Test
  void followsTheVeryOperationItHasSeenThoughThereIsMoreThatItHasNot() {
    set(first, "seen");
    pull(first, second);
    first.lwwMap(MAP, Codec.utf8(), Codec.utf8()).put("elsewhere", "not seen");
    set(second, "follows");
    pull(second, first);
    assertThat(first.conflicts().count()).isZero();
    set(first, "not seen either");
    set(second, "concurrent");
    pull(second, first);
    assertThat(first.conflicts().count()).isEqualTo(1);
  }

  @Test
  void losesNothingWhereBothWroteTheSameOrTheLoserDeleted() {
    set(first, "same");
    set(second, "same");
    pull(second, first);
    assertThat(first.conflicts().count()).isZero();
    first.lwwRegister(REGISTER, Codec.utf8()).delete();
    secondClock = 9_000;
    set(second, "kept");
    pull(second, first);
    assertThat(first.conflicts().count()).isZero();
  }

  @Test
  void countsTheFieldsOfAMapThatAConcurrentDeleteTakes() {
    first.lwwMap(MAP, Codec.utf8(), Codec.utf8()).put("a", "1");
    first.lwwMap(MAP, Codec.utf8(), Codec.utf8()).put("b", "2");
    second.lwwMap(MAP, Codec.utf8(), Codec.utf8()).delete();
    pull(second, first);
    pull(first, second);
    for (Tidemark store : List.of(first, second)) {
      assertThat(store.conflicts().newest())
          .extracting(Conflict::field)
          .containsExactly(Bytes.utf8("b"), Bytes.utf8("a"));
      assertThat(store.conflicts().newest())
          .allMatch(conflict -> conflict.winner().value() == null);
    }
  }

  @Test
  void findsAConflictWithAValueThatIsFoldedAlready() {
    set(first, "folded");
    first.flush();
    set(second, "late");
    pull(second, first);
    assertThat(first.conflicts().count()).isEqualTo(1);
  }

  @Test
  void countsWhatComesAgainOnceAlsoAfterARestart() {
    set(first, "early");
    set(second, "late");
    pull(second, first);
    pull(second, first);
    List<Conflict> told = first.conflicts().newest();
    first.close();
    first = openFirst();
    pull(second, first);
    assertThat(first.conflicts().count()).isEqualTo(1);
    assertThat(first.conflicts().newest()).isEqualTo(told);
  }

  @Test
  void findsAgainWhatAKillTookFromTheJournal() throws IOException {
    set(first, "early");
    set(second, "late");
    pull(second, first);
    List<Conflict> told = first.conflicts().newest();
    KillCopy.kill(first, dir.resolve("first"));
    Path journal = dir.resolve("first").resolve("CONFLICTS");
    byte[] bytes = Files.readAllBytes(journal);
    // The half of the record that a power loss may leave.
    Files.write(journal, java.util.Arrays.copyOf(bytes, bytes.length / 2 + 12));
    first = openFirst();
    assertThat(first.recovery().replayedCommits()).isPositive();
    assertThat(first.conflicts().newest()).isEqualTo(told);
    first.close();
    assertThat(ConflictHistory.read(dir.resolve("first")).conflicts()).isEqualTo(told);
  }

  @Test
  void keepsTheNewestInMemoryAndTellsListenersOfEach() {
    List<Conflict> heard = new ArrayList<>();
    try (var watch = first.conflicts().watch(heard::add)) {
      for (int i = 0; i < 150; i++) {
        String field = "f" + i;
        first.lwwMap(MAP, Codec.utf8(), Codec.utf8()).put(field, "early");
        second.lwwMap(MAP, Codec.utf8(), Codec.utf8()).put(field, "late");
      }
      pull(second, first);
    }
    set(second, "not watched");
    assertThat(heard).hasSize(150);
    assertThat(first.conflicts().count()).isEqualTo(150);
    assertThat(first.conflicts().newest()).hasSize(128);
    assertThat(first.conflicts().newest().get(0).number()).isEqualTo(150);
  }

  @Test
  void goesOnWhereAListenerThrows() {
    try (var watch =
        first
            .conflicts()
            .watch(
                conflict -> {
                  throw new IllegalStateException("listener is broken");
                })) {
      set(first, "early");
      set(second, "late");
      pull(second, first);
    }
    assertThat(first.conflicts().problem()).contains("listener is broken");
    set(first, "on");
    assertThat(first.value(REGISTER)).isEqualTo(value("on"));
  }

  @Test
  void setsAJournalAsideThatIsNoneAndOpens() throws IOException {
    set(first, "early");
    first.close();
    Files.writeString(dir.resolve("first").resolve("CONFLICTS"), "this is something else entirely");
    first = openFirst();
    set(second, "late");
    pull(second, first);
    assertThat(first.conflicts().count()).isEqualTo(1);
    assertThat(Files.exists(dir.resolve("first/quarantine/CONFLICTS-1"))).isTrue();
  }

  @Test
  void goesOnWhereTheJournalCannotBeWritten() throws IOException {
    Files.createDirectory(dir.resolve("first").resolve("CONFLICTS"));
    set(first, "early");
    set(second, "late");
    pull(second, first);
    assertThat(first.conflicts().count()).isEqualTo(1);
    assertThat(first.conflicts().problem()).contains("CONFLICTS");
    assertThat(first.value(REGISTER)).isEqualTo(value("late"));
  }

  /** With long values, so that few are enough to fill a file. */
  @Test
  void boundsTheJournalAndKeepsTheNewest() throws IOException {
    first.close();
    first = open("first", 1, options().withClock(() -> firstClock).withInlineLimit(1 << 20));
    second.close();
    second = open("second", 2, options().withClock(() -> secondClock).withInlineLimit(1 << 20));
    for (int i = 0; i < 12; i++) {
      String key = EveryStrategy.key(Strategy.LWW_REGISTER, i);
      first.lwwRegister(key, Codec.utf8()).set("a".repeat(1 << 20));
      second.lwwRegister(key, Codec.utf8()).set("b".repeat(1 << 20));
    }
    pull(second, first);
    long bytes =
        Files.size(dir.resolve("first/CONFLICTS"))
            + Files.size(dir.resolve("first/CONFLICTS-BEFORE"));
    assertThat(bytes).isLessThan(16 << 20);
    ConflictHistory history = ConflictHistory.read(dir.resolve("first"));
    assertThat(history.count()).isEqualTo(12);
    assertThat(history.conflicts()).hasSizeBetween(2, 11);
    assertThat(history.conflicts().get(0).number()).isEqualTo(12);
    assertThat(history.isDamaged()).isFalse();
    assertThat(first.conflicts().newest()).hasSizeLessThan(12);
  }
}
