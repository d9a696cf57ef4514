package dev.tidemark.storage.core;

import dev.tidemark.storage.overlay.Overlay;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;

/**
 * Makes writers wait for the folder: until there is room if there is none, and before that a little
 * each, if the room that is left is taken faster than the oldest generation is folded. So who
 * writes faster than is folded is slowed down to that, and not stopped for the seconds that a large
 * generation takes; and who does not is not slowed down at all. The same for the log: who fills a
 * segment faster than the one before is sealed was stopped for 230 ms.
 */
final class Backpressure {
  /** What of the overlay may be full before anybody is slowed down. */
  private static final double CALM_SHARE = 0.75;

  /** What of the room behind that may be taken by the time that all is folded. */
  private static final double PLANNED_SHARE = 0.85;

  /** What of a segment may be full before anybody is slowed down for the one before it. */
  private static final double CALM_CROWDING = 0.5;

  /** How much a commit waits for each share of the room that is taken before its time. */
  private static final long NANOS_AHEAD = 400_000;

  private static final long MOST_NANOS = 100_000;

  /** Shorter waits are saved up: a thread cannot sleep for less. */
  private static final long LEAST_PAUSE_NANOS = 500_000;

  private final Overlay overlay;
  private final long limit;
  private final long calm;
  private final DoubleSupplier crowding;
  private final Background background;
  private final Runnable refuse;
  // Several writers may lose some of it among each other: it is not for accounting.
  private long debtNanos;

  /**
   * Of an overlay with a limit in bytes.
   *
   * @param crowding how near the log is to waiting for a segment to be sealed, of 1
   * @param refuse throws if there is no point in waiting
   */
  Backpressure(
      Overlay overlay,
      long limit,
      DoubleSupplier crowding,
      Background background,
      Runnable refuse) {
    this.overlay = overlay;
    this.crowding = crowding;
    this.limit = limit;
    this.calm = (long) (limit * CALM_SHARE);
    this.background = background;
    this.refuse = refuse;
  }

  /** Waits as long as a commit has to; called without the write lock. */
  void await() {
    long bytes = overlay.bytes();
    if (bytes > limit) {
      background.awaitFolded(() -> overlay.bytes() <= limit, refuse);
      return;
    }
    double ahead = ahead(bytes);
    if (ahead > 0) {
      slowDown(Math.min(MOST_NANOS, (long) (ahead * NANOS_AHEAD)));
    }
  }

  /** Whether a commit would have to wait now: what can be done later should give way. */
  boolean isFelt() {
    long bytes = overlay.bytes();
    return bytes > limit || ahead(bytes) > 0;
  }

  private double ahead(long bytes) {
    return Math.max(aheadOfFolder(bytes), crowding.getAsDouble() - CALM_CROWDING);
  }

  private double aheadOfFolder(long bytes) {
    return bytes > calm && overlay.oldestFrozen() != null
        ? (double) (bytes - calm) / (limit - calm) - overlay.foldedShare() * PLANNED_SHARE
        : 0;
  }

  private void slowDown(long nanos) {
    long debt = debtNanos + nanos;
    if (debt < LEAST_PAUSE_NANOS) {
      debtNanos = debt;
      return;
    }
    debtNanos = 0;
    long before = System.nanoTime();
    LockSupport.parkNanos(debt);
    // A sleep is mostly longer than was asked for.
    debtNanos = Math.min(0, debt - (System.nanoTime() - before));
  }
}
