package dev.tidemark.replication.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.BooleanSupplier;

/** The time of a test, later by a step whenever it is asked for. Nobody waits, but that counts. */
final class TestTime implements Driver {
  private final long stepNanos;
  private long nanos;
  private long pauses;

  TestTime(long stepNanos) {
    this.stepNanos = stepNanos;
  }

  void pass(long more) {
    nanos += more;
  }

  /** How often somebody would have waited. */
  long pauses() {
    return pauses;
  }

  @Override
  public long nanos() {
    nanos += stepNanos;
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
