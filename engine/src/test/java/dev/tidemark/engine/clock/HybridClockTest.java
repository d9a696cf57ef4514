package dev.tidemark.engine.clock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HybridClockTest {
  private static final long NOW = 1_700_000_000_000L;

  private static long give(HybridClock clock, long wallMillis) {
    long stamp = clock.peek(wallMillis);
    clock.observe(stamp);
    return stamp;
  }

  @Test
  void packsWallMillisAbove16BitsThatCount() {
    assertThat(HybridTimestamp.ofMillis(NOW)).isEqualTo(NOW << 16);
    assertThat(HybridTimestamp.wallMillis((NOW << 16) + 65_535)).isEqualTo(NOW);
    assertThat(HybridTimestamp.counter((NOW << 16) + 65_535)).isEqualTo(65_535);
    assertThat(HybridTimestamp.ofMillis(-5)).isZero();
    assertThat(HybridTimestamp.ofMillis(Long.MAX_VALUE))
        .isEqualTo(HybridTimestamp.MAX_WALL_MILLIS << 16);
  }

  /** A clock whose counter wrapped without a carry went backwards at the 65 537th call. */
  @Test
  void risesStrictlyWhilePhysicalTimeStandsStill() {
    HybridClock clock = new HybridClock(0);
    long last = 0;
    for (int i = 0; i < 200_000; i++) {
      long stamp = give(clock, NOW);
      assertThat(stamp).isGreaterThan(last);
      last = stamp;
    }
    assertThat(HybridTimestamp.wallMillis(last)).isEqualTo(NOW + 3);
  }

  @Test
  void risesStrictlyWhilePhysicalTimeRunsBackwards() {
    HybridClock clock = new HybridClock(0);
    long first = give(clock, NOW);
    assertThat(give(clock, NOW - 10_000)).isEqualTo(first + 1);
    assertThat(give(clock, NOW + 1)).isEqualTo((NOW + 1) << 16);
  }

  @Test
  void givesAStampOnlyOnceItIsObserved() {
    HybridClock clock = new HybridClock(0);
    long first = clock.peek(NOW);
    assertThat(clock.peek(NOW)).isEqualTo(first);
    clock.observe(first + 99);
    assertThat(clock.peek(NOW)).isEqualTo(first + 100);
  }

  @Test
  void isAboveWhatItObservedAndDoesNotFallForWhatIsOlder() {
    HybridClock clock = new HybridClock(0);
    long own = give(clock, NOW);
    clock.observe((NOW - 500) << 16);
    assertThat(give(clock, NOW)).isEqualTo(own + 1);
    clock.observe((NOW + 500) << 16);
    assertThat(give(clock, NOW)).isEqualTo(((NOW + 500) << 16) + 1);
  }

  /** A clock that ticked at each receipt was driven ahead by redelivery alone. */
  @Test
  void doesNotMoveWhenItHearsTheSameTwice() {
    HybridClock clock = new HybridClock(0);
    for (int i = 0; i < 1000; i++) {
      clock.observe(NOW << 16);
    }
    assertThat(clock.last()).isEqualTo(NOW << 16);
  }

  @Test
  void neverGivesAStampThatACommitMustNotCarryAndNeverStepsBackAtTheEnd() {
    HybridClock clock = new HybridClock(HybridTimestamp.MAX_STAMP - 2);
    assertThat(give(clock, NOW)).isEqualTo(HybridTimestamp.MAX_STAMP - 1);
    assertThatThrownBy(() -> give(clock, NOW)).hasMessageStartingWith("hybrid clock is exhausted");
    clock.observe(HybridTimestamp.MAX_STAMP);
    assertThatThrownBy(() -> give(clock, NOW)).hasMessageStartingWith("hybrid clock is exhausted");
  }

  @Test
  void ordersVersionsByStampThenReplicaBothUnsigned() {
    Version oldest = new Version(1, -1, 1);
    Version newer = new Version(2, 1, 9);
    Version newest = new Version(2, -1, 1);
    assertThat(oldest).isLessThan(newer);
    assertThat(newer).isLessThan(newest);
    assertThat(newest).isLessThan(new Version(2, -1, 2));
  }
}
