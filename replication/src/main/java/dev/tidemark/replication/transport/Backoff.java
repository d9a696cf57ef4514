package dev.tidemark.replication.transport;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next try: a random part, at least half, of a time that doubles up to
 * a bound. Peers that lost the same node do not come back at the same moment.
 */
final class Backoff {
  private final long firstMillis;
  private final long mostMillis;
  private final DoubleSupplier chance;
  private long nextMillis;

  Backoff(Duration first, Duration most) {
    this(first, most, () -> ThreadLocalRandom.current().nextDouble());
  }

  Backoff(Duration first, Duration most, DoubleSupplier chance) {
    this.firstMillis = first.toMillis();
    this.mostMillis = most.toMillis();
    this.chance = chance;
    this.nextMillis = firstMillis;
  }

  /** The next time to wait, in milliseconds. */
  long next() {
    long most = nextMillis;
    nextMillis = Math.min(mostMillis, nextMillis * 2);
    return most / 2 + (long) (chance.getAsDouble() * (most - most / 2));
  }

  /** A try has succeeded. */
  void reset() {
    nextMillis = firstMillis;
  }
}
