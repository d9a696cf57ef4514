package dev.tidemark.replication.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What the halves of a session wait on. */
class SignalsTest {
  /** Whenever the time is asked for it is later by more than a millisecond. */
  private static final class Slow implements Driver {
    private long nanos;
    private long pauses;

    @Override
    public long nanos() {
      nanos += 2_000_000;
      return nanos;
    }

    @Override
    public long millis() {
      return nanos / 1_000_000;
    }

    @Override
    public Motion start(Half reading, Half writing) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void await(Object lock, BooleanSupplier so, long millis) {
      assertThat(millis).as("0 is no limit, and less is none").isPositive();
      pauses++;
    }
  }

  /** A thread that was not run for a while waited for less than no time, and its session ended. */
  @Test
  void aTimeThatComesWhileItIsLookedAtIsWaitedForNoLonger() {
    for (long deadline = 1; deadline < 20_000_000; deadline += 1_000_000) {
      Slow slow = new Slow();
      Signals signals = new Signals(slow);
      signals.awaitAfter(signals.count(), deadline);
      assertThat(slow.pauses).isLessThan(10);
    }
  }
}
