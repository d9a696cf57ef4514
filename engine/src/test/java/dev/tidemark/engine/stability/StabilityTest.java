package dev.tidemark.engine.stability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StabilityTest {
  private static final Roster FOUNDED =
      Roster.EMPTY.and(new Join(1, new Dot(1, 1), 10, VersionVector.EMPTY));
  private static final Roster OF_TWO =
      FOUNDED.and(new Join(2, new Dot(1, 2), 20, VersionVector.of(1, 1)));

  @Test
  void nothingIsForgottenBeforeThereAreMembers() {
    Stability alone = new Stability(1, Map.of(1L, row(3, 30)), Roster.EMPTY);

    assertThat(alone.floor()).isEqualTo(Floor.NONE);
    assertThat(alone.due()).isEmpty();
    assertThat(alone.ownRefusal()).isNull();
  }

  @Test
  void aMemberThatIsSilentHoldsTheFloorDown() {
    Roster roster = OF_TWO.and(1, new Pulse(20, 20, 3));
    Stability first = new Stability(1, Map.of(1L, row(3, 30)), roster);

    assertThat(first.floor().horizon()).isZero();
    assertThat(first.standings()).extracting(Standing::horizon).containsExactly(20L, 0L);
  }

  @Test
  void theFloorIsWhatAllHaveSaidAndSeen() {
    Roster roster = OF_TWO.and(1, new Pulse(20, 20, 3)).and(2, new Pulse(25, 20, 1));
    Map<Long, Row> rows = Map.of(1L, row(3, 30), 2L, new Row(1, 40, VersionVector.of(1, 2)));

    assertThat(new Stability(1, rows, roster).floor())
        .isEqualTo(new Floor(20, VersionVector.of(1, 2)));
  }

  @Test
  void aRetiredMemberCountsUntilAllOthersHaveSeenIt() {
    Roster roster = OF_TWO.and(new Join(3, new Dot(1, 3), 30, VersionVector.EMPTY));
    Roster retired = roster.and(new Retirement(3, new Dot(1, 4)));
    Map<Long, Row> before = Map.of(1L, row(4, 40), 2L, new Row(1, 50, VersionVector.of(1, 3)));
    Map<Long, Row> after = Map.of(1L, row(4, 40), 2L, new Row(2, 60, VersionVector.of(1, 4)));

    assertThat(new Stability(1, before, retired).isMember(3)).isTrue();
    assertThat(new Stability(1, after, retired).isMember(3)).isFalse();
  }

  @Test
  void whoeverAcknowledgedARetirementTakesNothingFromTheRetired() {
    Roster roster = OF_TWO.and(new Retirement(2, new Dot(1, 3)));
    Stability first = new Stability(1, Map.of(1L, row(3, 30)), roster);

    assertThat(first.refusal(2, 2, row(1, 40), Floor.NONE)).isEqualTo(Refusal.RETIRED);
    assertThat(new Stability(2, Map.of(1L, row(3, 30)), roster).ownRefusal())
        .isEqualTo(Refusal.RETIRED);
  }

  @Test
  void aStrangerIsRefused() {
    Stability first = new Stability(1, Map.of(1L, row(2, 20)), OF_TWO);

    assertThat(first.refusal(9, 9, row(1, 40), Floor.NONE)).isEqualTo(Refusal.STRANGER);
    assertThat(first.refusal(2, 2, seeing(1, 2, 40), Floor.NONE)).isNull();
  }

  /**
   * A retired member that had not heard of it let another in, then heard of the floor that the rest
   * had raised without either: it took the newcomer for a member that had lost its memory.
   */
  @Test
  void belowTheFloorWhoeverItsRaiserDidNotKnowIsAStranger() {
    Roster roster = OF_TWO.and(new Join(9, new Dot(2, 5), 50, VersionVector.of(1, 2)));
    Map<Long, Row> rows = Map.of(1L, row(2, 20), 2L, new Row(5, 50, VersionVector.of(1, 2)));
    Stability second = new Stability(2, rows, roster);
    Floor floor = new Floor(60, VersionVector.of(1, 2).with(2, 4));

    assertThat(second.refusal(9, 9, seeing(2, 5, 55), floor)).isEqualTo(Refusal.EARLY);
    assertThat(second.refusal(1, 1, row(1, 55), floor)).isEqualTo(Refusal.OUTDATED);
    assertThat(second.refusal(9, 9, seeing(2, 5, 61), floor)).isNull();
  }

  /**
   * A run of a retired member began below the floor and ended above it: it was let in by its last
   * stamp, and what of it lay below was lost.
   */
  @Test
  void nothingOfARetiredMemberIsNewOnceItsRetirementIsBelowTheFloor() {
    Roster roster = OF_TWO.and(new Retirement(2, new Dot(1, 3)));
    Map<Long, Row> rows = Map.of(1L, row(4, 40));
    Stability newcomer = new Stability(7, rows, roster);

    assertThat(newcomer.refusal(2, 8, seeing(1, 2, 90), Floor.NONE)).isNull();
    assertThat(newcomer.refusal(2, 8, seeing(1, 2, 90), new Floor(30, VersionVector.of(1, 3))))
        .isEqualTo(Refusal.RETIRED);
  }

  @Test
  void aClusterThatRestsFallsSilent() {
    Roster roster = OF_TWO.and(1, new Pulse(20, 20, 3)).and(2, new Pulse(25, 20, 1));
    Map<Long, Row> rows = Map.of(1L, row(3, 30), 2L, new Row(1, 40, VersionVector.of(1, 2)));
    Stability first = new Stability(1, rows, roster);

    assertThat(first.due()).isEmpty();
    assertThat(first.isFloorDue(Floor.NONE)).isTrue();
    assertThat(first.isFloorDue(first.floor())).isFalse();
  }

  @Test
  void aStateIsTakenByAnEmptyStoreOrOneThatHasSeenWhatItForgot() {
    Floor floor = new Floor(20, VersionVector.of(1, 2));

    assertThat(floor.admits(VersionVector.EMPTY)).isTrue();
    assertThat(floor.admits(VersionVector.of(1, 2).with(2, 1))).isTrue();
    assertThat(floor.admits(VersionVector.of(1, 1).with(2, 1))).isFalse();
  }

  /** It wrote under its id, was let in under it, and would have others believe it wrote since. */
  @Test
  void whatAReplicaWroteBeforeItWasLetInIsRefusedAndItWritesNoMore() {
    Row early = row(3, 15);
    Row behind = new Row(4, 90, VersionVector.of(1, 2));
    Stability first = new Stability(1, Map.of(1L, row(2, 20)), OF_TWO);
    Stability second = new Stability(2, Map.of(1L, row(2, 20), 2L, early), OF_TWO);
    Floor floor = new Floor(18, VersionVector.of(1, 1));

    assertThat(first.refusal(2, 2, early, Floor.NONE)).isEqualTo(Refusal.EARLY);
    assertThat(first.unvouched(2, early, floor, Roster.EMPTY)).isEqualTo(Refusal.EARLY);
    assertThat(second.ownRefusal()).isEqualTo(Refusal.EARLY);
    assertThat(second.due()).isEmpty();
    assertThat(first.unvouched(2, behind, floor, Roster.EMPTY)).isNull();
    assertThat(first.unvouched(9, behind, floor, Roster.EMPTY)).isEqualTo(Refusal.STRANGER);
  }

  /** It was heard in full when it was let in. */
  @Test
  void whatASponsorHasSeenOfWhomItLetInStands() {
    Roster roster = FOUNDED.and(new Join(2, new Dot(1, 2), 20, VersionVector.of(2, 3)));
    Stability second = new Stability(2, Map.of(1L, row(2, 20), 2L, row(3, 15)), roster);

    assertThat(second.ownRefusal()).isNull();
  }

  private static Row seeing(long replica, long sequence, long stamp) {
    return new Row(1, stamp, VersionVector.of(replica, sequence));
  }

  private static Row row(long sequence, long stamp) {
    return new Row(sequence, stamp, VersionVector.EMPTY);
  }
}
