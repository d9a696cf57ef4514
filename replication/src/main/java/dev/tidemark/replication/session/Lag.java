package dev.tidemark.replication.session;

import dev.tidemark.engine.causality.VersionVector;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * How far a peer is behind in time: since when this store has had something that does not survive a
 * power loss at the peer. Told from moments at which this store's vector was noted, so it is
 * accurate to the time between them. Memory: {@value #MOST} vectors; if a peer is further behind,
 * its oldest moments are kept.
 */
final class Lag {
  private static final int MOST = 128;
  private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Deque<Moment> moments = new ArrayDeque<>();

  private long lookedNanos;
  private boolean begun;

  private record Moment(long nanos, VersionVector seen) {}

  /** Whether enough time has gone by to look again. */
  synchronized boolean isDue(long nanos) {
    boolean due = !begun || nanos - lookedNanos >= APART_NANOS;
    if (due) {
      begun = true;
      lookedNanos = nanos;
    }
    return due;
  }

  /** This store has seen so much now. */
  synchronized void note(long nanos, VersionVector seen, VersionVector durable) {
    Moment last = moments.peekLast();
    if (moments.size() < MOST
        && !durable.dominates(seen)
        && (last == null || !last.seen().dominates(seen))) {
      moments.add(new Moment(nanos, seen));
    }
  }

  /** So much survives at the peer. */
  synchronized void reached(VersionVector durable) {
    while (!moments.isEmpty() && durable.dominates(moments.element().seen())) {
      moments.remove();
    }
  }

  /** For how long the peer has lacked something, in milliseconds; 0 if it lacks nothing. */
  synchronized long millis(long nanos) {
    Moment oldest = moments.peekFirst();
    return oldest == null ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos - oldest.nanos());
  }

  /** How many operations of one vector are not in another. */
  static long operations(VersionVector of, VersionVector notIn) {
    long sum = 0;
    for (int i = 0; i < of.size(); i++) {
      sum += Math.max(0, of.sequenceAt(i) - notIn.get(of.replicaAt(i)));
      if (sum < 0) {
        // A peer may claim as much as a number holds.
        return Long.MAX_VALUE;
      }
    }
    return sum;
  }
}
