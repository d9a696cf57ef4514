package dev.tidemark.replication.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import org.junit.jupiter.api.Test;

/** Who asks for keys, and who waits for that. */
class WiderTurnTest {
  private final WiderTurn turn = new WiderTurn();
  private final TestTime clock = new TestTime(0);
  private final Signals one = new Signals(clock);
  private final Signals other = new Signals(clock);

  @Test
  void whoAsksWaitsForWhatOthersAreTaking() {
    assertThat(turn.enter(other)).isTrue();
    assertThat(turn.take(one)).isFalse();
    long before = one.count();
    turn.leave(other);
    assertThat(one.count()).isGreaterThan(before);
    assertThat(turn.take(one)).isTrue();
  }

  @Test
  void othersTakeNothingWhileOneAsksAndAreToldWhenThatIsOver() {
    assertThat(turn.take(one)).isTrue();
    assertThat(turn.enter(other)).isFalse();
    assertThat(turn.enter(one)).isTrue();
    turn.leave(one);
    long before = other.count();
    turn.refused(one);
    assertThat(other.count()).isGreaterThan(before);
    assertThat(turn.enter(other)).isTrue();
    turn.leave(other);
    assertThat(turn.take(other)).as("the others go on for a while").isFalse();
    clock.pass(WiderTurn.LEAST_PAUSE_NANOS);
    assertThat(turn.take(other)).isTrue();
  }

  @Test
  void theOthersGoOnForAsLongAsTheyHadToWait() {
    assertThat(turn.take(one)).isTrue();
    clock.pass(10 * WiderTurn.LEAST_PAUSE_NANOS);
    assertThat(turn.take(one)).as("again").isTrue();
    assertThat(turn.refused(one)).isEqualTo(10 * WiderTurn.LEAST_PAUSE_NANOS);
    clock.pass(9 * WiderTurn.LEAST_PAUSE_NANOS);
    assertThat(turn.take(other)).isFalse();
    clock.pass(WiderTurn.LEAST_PAUSE_NANOS);
    assertThat(turn.take(other)).isTrue();
  }

  @Test
  void whoHasItsKeysLetsTheNextAskAtOnce() {
    assertThat(turn.take(one)).isTrue();
    turn.got(one);
    assertThat(turn.take(other)).isTrue();
  }

  @Test
  void othersTakeWhatWasSeenByTheMomentOfTheKeysAndNoMore() {
    VersionVector moment = VersionVector.of(7, 3);
    assertThat(turn.take(one)).isTrue();
    assertThat(turn.enter(other)).isFalse();
    long before = other.count();
    turn.moment(other, moment);
    assertThat(turn.enter(other)).as("only the peer that is asked tells it").isFalse();
    turn.moment(one, moment);
    assertThat(other.count()).isGreaterThan(before);
    assertThat(turn.enter(other)).isTrue();
    assertThat(turn.admits(other, VersionVector.of(7, 3))).isTrue();
    assertThat(turn.admits(other, VersionVector.of(7, 4))).isFalse();
    assertThat(turn.admits(other, VersionVector.of(8, 1))).isFalse();
    assertThat(turn.admits(one, VersionVector.of(8, 1))).isTrue();
    turn.leave(other);
    turn.got(one);
    assertThat(turn.admits(other, VersionVector.of(8, 1))).isTrue();
    assertThat(turn.take(other)).isTrue();
    assertThat(turn.enter(one)).as("the moment of another turn").isFalse();
  }

  @Test
  void whatBringsNothingHoldsNobodyUpForEver() {
    assertThat(turn.take(one)).isTrue();
    clock.pass(StateTurn.IDLE_NANOS);
    assertThat(turn.enter(other)).isFalse();
    clock.pass(1);
    assertThat(turn.enter(other)).isTrue();
    turn.leave(other);
    assertThat(turn.take(other)).as("another may ask").isTrue();
    assertThat(turn.isAnothers(one)).isTrue();
  }

  @Test
  void aSessionThatEndsLetsTheNextAsk() {
    assertThat(turn.take(one)).isTrue();
    assertThat(turn.take(other)).isFalse();
    turn.release(one);
    assertThat(turn.take(other)).isTrue();
  }
}
