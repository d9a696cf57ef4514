package dev.tidemark.replication.simulation;

import java.util.concurrent.TimeUnit;

/** Sums up the histories that were played, and says once a minute how far a long run is. */
final class Headway {
  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Tally total;
  private final long startNanos = System.nanoTime();
  private long toldNanos = startNanos;

  Headway(Tally total) {
    this.total = total;
  }

  /** A history has ended, whatever came of it. */
  synchronized void add(Tally history) {
    total.add(history);
    long now = System.nanoTime();
    if (now - toldNanos >= PAUSE_NANOS) {
      toldNanos = now;
      long seconds = TimeUnit.NANOSECONDS.toSeconds(now - startNanos);
      System.out.printf(
          "simulated so far: %,d histories, %,d events in %,d s, %,d a second%n",
          total.runs, total.events, seconds, total.events / seconds);
    }
  }
}
