package dev.tidemark.storage.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.storage.log.LogCondition;
import dev.tidemark.storage.recovery.Facts.Birth;
import dev.tidemark.storage.recovery.Facts.Mark;
import dev.tidemark.storage.recovery.Facts.Provenance;
import dev.tidemark.storage.recovery.Facts.Reach;
import dev.tidemark.storage.recovery.Facts.State;
import dev.tidemark.storage.recovery.RecoveryCase.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Every combination of facts, and what must hold of the case that is chosen for it. */
class RecoveryTableTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "recovery.md");

  private static List<Facts> everyCombination() {
    List<Facts> all = new ArrayList<>();
    boolean[] both = {false, true};
    for (Birth birth : Birth.values()) {
      for (boolean empty : both) {
        for (LogCondition log : LogCondition.values()) {
          for (boolean fromStart : both) {
            for (Mark mark : Mark.values()) {
              for (State state : State.values()) {
                for (Reach reach : Reach.values()) {
                  for (boolean snapshot : both) {
                    for (Provenance provenance : Provenance.values()) {
                      all.add(
                          new Facts(
                              birth,
                              empty,
                              log,
                              fromStart,
                              mark,
                              state,
                              reach,
                              snapshot,
                              provenance));
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    return all;
  }

  private static RecoveryCase caseOf(Facts facts) {
    return RecoveryTable.rowFor(facts).recoveryCase();
  }

  /** Of every combination that meets a condition, the case is one of these. */
  private static void always(Predicate<Facts> condition, RecoveryCase... expected) {
    Set<RecoveryCase> met = EnumSet.noneOf(RecoveryCase.class);
    for (Facts facts : everyCombination()) {
      if (condition.test(facts)) {
        assertThat(caseOf(facts)).as("%s", facts).isIn((Object[]) expected);
        met.add(caseOf(facts));
      }
    }
    assertThat(met)
        .as("none of the expected is there for show")
        .containsExactlyInAnyOrder(expected);
  }

  private static boolean isStore(Facts facts) {
    return facts.birth() == Birth.DONE;
  }

  @Test
  void everyRowIsReachedByACombinationThatNoEarlierRowTakes() {
    Set<RecoveryTable.Row> reached = new HashSet<>();
    everyCombination().forEach(facts -> reached.add(RecoveryTable.rowFor(facts)));
    assertThat(reached).containsExactlyInAnyOrderElementsOf(RecoveryTable.ROWS);
    assertThat(RecoveryTable.ROWS)
        .extracting(RecoveryTable.Row::recoveryCase)
        .contains(RecoveryCase.values());
  }

  @Test
  void refusesWhateverLacksWhatWasPromised() {
    always(
        f -> isStore(f) && f.mark() == Mark.BROKEN,
        RecoveryCase.LOG_DAMAGED,
        RecoveryCase.LOG_LOST,
        RecoveryCase.ALL_LOST,
        RecoveryCase.LOG_SHORT);
  }

  @Test
  void refusesADamagedLogWhateverElseIsFound() {
    always(f -> isStore(f) && f.log() == LogCondition.DAMAGED, RecoveryCase.LOG_DAMAGED);
  }

  @Test
  void refusesAStoreWithoutLogUnlessTheStateReachesTheMark() {
    always(
        f -> isStore(f) && f.log() == LogCondition.ABSENT,
        RecoveryCase.STATE_AHEAD,
        RecoveryCase.LOG_LOST,
        RecoveryCase.ALL_LOST);
    always(
        f ->
            isStore(f)
                && f.log() == LogCondition.ABSENT
                && (f.state() != State.WHOLE || f.mark() != Mark.KEPT),
        RecoveryCase.LOG_LOST,
        RecoveryCase.ALL_LOST);
  }

  @Test
  void neverBuildsAStateFromALogThatDoesNotReachBack() {
    always(
        f -> isStore(f) && f.state() != State.WHOLE && !f.logFromStart() && !f.snapshot(),
        RecoveryCase.LOG_DAMAGED,
        RecoveryCase.ALL_LOST,
        RecoveryCase.LOG_SHORT,
        RecoveryCase.STATE_LOST_FOR_GOOD);
  }

  @Test
  void goesOnFromASnapshotOnlyWhereTheLogDoesNotReachBackAndNothingElseIsAmiss() {
    always(
        f ->
            isStore(f)
                && !f.hasState()
                && !f.logFromStart()
                && f.snapshot()
                && f.mark() == Mark.KEPT
                && f.provenance() == Provenance.OWN
                && EnumSet.of(LogCondition.CLEAN, LogCondition.UNSEALED, LogCondition.TORN_TAIL)
                    .contains(f.log()),
        RecoveryCase.STATE_FROM_SNAPSHOT);
    for (Facts facts : everyCombination()) {
      if (caseOf(facts) == RecoveryCase.STATE_FROM_SNAPSHOT) {
        assertThat(facts.snapshot()).as("%s", facts).isTrue();
        assertThat(facts.hasState()).as("%s", facts).isFalse();
      }
    }
  }

  @Test
  void carriesOutARestoreThatWasDecidedWhateverElseIsFound() {
    always(f -> f.birth() == Birth.RESTORED, RecoveryCase.RESTORE_DECIDED);
  }

  /** A dot that is made twice is the one fault that nothing mends. */
  @Test
  void keepsItsReplicaIdOnlyIfNoDotOfItCanBeMissing() {
    for (Facts facts : everyCombination()) {
      boolean opensAsItWas = caseOf(facts).outcome() == Outcome.OPENS;
      if (opensAsItWas && isStore(facts)) {
        assertThat(facts.mark()).as("%s", facts).isEqualTo(Mark.KEPT);
        assertThat(facts.provenance()).as("%s", facts).isEqualTo(Provenance.OWN);
        assertThat(facts.log())
            .as("%s", facts)
            .isIn(LogCondition.CLEAN, LogCondition.UNSEALED, LogCondition.TORN_TAIL);
        assertThat(facts.state() == State.WHOLE && facts.reach() == Reach.AHEAD)
            .as("%s", facts)
            .isFalse();
      }
    }
  }

  @Test
  void createsOnlyWhereNothingIsHeld() {
    always(f -> f.birth() == Birth.NONE && f.empty(), RecoveryCase.CREATED);
    always(f -> f.birth() == Birth.NONE && !f.empty(), RecoveryCase.IDENTITY_LOST);
    for (Facts facts : everyCombination()) {
      if (caseOf(facts) == RecoveryCase.CREATED) {
        assertThat(facts.empty()).isTrue();
        assertThat(facts.birth()).isNotEqualTo(Birth.DONE);
      }
    }
  }

  @Test
  void aCrashAloneNeverAsksForANewReplicaId() {
    always(
        f ->
            isStore(f)
                && f.mark() == Mark.KEPT
                && f.provenance() == Provenance.OWN
                && f.state() == State.WHOLE
                && (f.reach() == Reach.EVEN || f.reach() == Reach.BEHIND)
                && EnumSet.of(LogCondition.CLEAN, LogCondition.UNSEALED, LogCondition.TORN_TAIL)
                    .contains(f.log()),
        RecoveryCase.CLEAN,
        RecoveryCase.STATE_BEHIND,
        RecoveryCase.UNSEALED,
        RecoveryCase.TORN_TAIL);
  }

  /** The document has the table that the code runs, row by row. */
  @Test
  void standsInTheDocument() throws IOException {
    List<String> expected = new ArrayList<>();
    int number = 1;
    for (RecoveryTable.Row row : RecoveryTable.ROWS) {
      RecoveryCase chosen = row.recoveryCase();
      String outcome = chosen.outcome() == Outcome.REFUSED ? "refused" : chosen.action();
      expected.add(
          "| " + number++ + " | " + row.when() + " | " + chosen.words() + " | " + outcome + " |");
    }
    assertThat(Files.readAllLines(DOCUMENT)).containsSubsequence(expected);
  }
}
