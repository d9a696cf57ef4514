package dev.tidemark.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** On a clock that only sleeping moves. */
class ThrottleTest {
  private static final long BYTES_PER_SECOND = 1_000;

  private long nanos;
  private boolean urgent;
  private boolean cancelled;
  private final Throttle throttle =
      new Throttle(
          BYTES_PER_SECOND,
          () -> urgent,
          () -> cancelled,
          () -> nanos,
          slept -> {
            nanos += slept;
            cancelled |= nanos >= TimeUnit.HOURS.toNanos(1);
          });

  private long millisToPass(long bytes) {
    long before = nanos;
    throttle.passed(bytes);
    return TimeUnit.NANOSECONDS.toMillis(nanos - before);
  }

  @Test
  void givesWayForAsLongAsThereIsSomethingMoreUrgentAndNeverStops() {
    assertThat(millisToPass(100)).isEqualTo(100);
    urgent = true;
    for (int i = 0; i < 10; i++) {
      assertThat(millisToPass(100)).isEqualTo(100 * Throttle.GIVING_WAY);
    }
    urgent = false;
    assertThat(millisToPass(100)).isEqualTo(100);
  }

  @Test
  void whatIsTooLittleToWaitForIsCountedTogether() {
    AtomicInteger looks = new AtomicInteger();
    Throttle fast =
        new Throttle(
            1_000_000,
            () -> false,
            () -> false,
            () -> {
              looks.incrementAndGet();
              return nanos;
            },
            slept -> nanos += slept);
    for (int i = 0; i < 1_000; i++) {
      fast.passed(10);
    }
    assertThat(TimeUnit.NANOSECONDS.toMillis(nanos)).isEqualTo(10);
    assertThat(looks).hasValueLessThanOrEqualTo(1 + 2 * 100);
  }

  @Test
  void isCancelledWhileItWaits() {
    urgent = true;
    assertThatThrownBy(() -> throttle.passed(BYTES_PER_SECOND * TimeUnit.HOURS.toSeconds(1)))
        .isInstanceOf(CancellationException.class);
    assertThat(nanos).isEqualTo(TimeUnit.HOURS.toNanos(1));
  }

  @Test
  void nothingIsTooMuchForOneWithoutABound() {
    urgent = true;
    new Throttle(
            Throttle.UNBOUNDED, () -> urgent, () -> false, () -> nanos, slept -> nanos += slept)
        .passed(Long.MAX_VALUE);
    assertThat(nanos).isZero();
  }
}
