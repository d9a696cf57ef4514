package dev.tidemark.replication.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the halves of a session wait on. */
class SignalsTest {
  private static final long MORE_THAN_A_MILLISECOND = 2_000_000;

  /** A thread that was not run for a while waited for less than no time, and its session ended. */
  @Test
  void aTimeThatComesWhileItIsLookedAtIsWaitedForNoLonger() {
    for (long deadline = 1; deadline < 20_000_000; deadline += 1_000_000) {
      TestTime slow = new TestTime(MORE_THAN_A_MILLISECOND);
      Signals signals = new Signals(slow);
      signals.awaitAfter(signals.count(), deadline);
      assertThat(slow.pauses()).isLessThan(10);
    }
  }
}
