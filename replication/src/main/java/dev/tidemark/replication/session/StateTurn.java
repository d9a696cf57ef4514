package dev.tidemark.replication.session;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whose state is taken: one session's at a time. The turn ends when the log behind the state has
 * brought all that the sender had; by then, or soon after, the logs of the other peers mostly reach
 * what is still lacking, so the next turn begins a while later. Thread-safe.
 */
final class StateTurn {
  /** What a peer has that another has cut off its log is on its way, if it comes at all. */
  static final long SETTLING_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** For how long a turn lasts that brings nothing. */
  static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(2);

  /** And by how much longer for each byte that comes: a peer that is slower goes behind others. */
  private static final long NANOS_PER_BYTE = TimeUnit.SECONDS.toNanos(1) >> 18;

  private final Set<Signals> waiting = new LinkedHashSet<>();
  private @Nullable Signals taken;
  private boolean settling;
  private long settledNanos;
  private long deadline;
  private long states;

  /** Whether it is a session's turn now; if not, it gets a signal when it should ask again. */
  synchronized boolean take(Signals session) {
    long now = session.nanos();
    boolean free = taken == null ? !isSettling(now) : now - deadline > 0;
    if (free && taken != session) {
      taken = session;
      deadline = now + IDLE_NANOS;
    }
    boolean isIts = taken == session;
    if (isIts) {
      waiting.remove(session);
    } else {
      waiting.add(session);
    }
    return isIts;
  }

  /** Whether it is somebody's turn. */
  synchronized boolean isTaken() {
    return taken != null;
  }

  /** Whether it is another session's turn; then this one gets a signal when that is over. */
  synchronized boolean isAnothers(Signals session) {
    boolean is = taken != null && taken != session && session.nanos() - deadline <= 0;
    if (is) {
      waiting.add(session);
    }
    return is;
  }

  private boolean isSettling(long now) {
    settling = settling && now - settledNanos < 0;
    return settling;
  }

  /** Some of the state has come. */
  synchronized void brought(Signals session, long bytes) {
    if (taken == session) {
      deadline += bytes * NANOS_PER_BYTE;
    }
  }

  /** A state is in; its log is still to come. */
  synchronized void took() {
    states++;
  }

  /** How many states were taken. */
  synchronized long states() {
    return states;
  }

  /** A session has its state, and all that its peer had when that ended. */
  void settle(Signals session) {
    settle(session, SETTLING_NANOS);
  }

  /** The turn of a session is over, and the next one begins a while later. */
  void settle(Signals session, long nanos) {
    end(session, nanos);
  }

  /** A session does not need the state, or will not get it. */
  void release(Signals session) {
    end(session, 0);
  }

  /** Has the sessions that wait for the end of a turn look again. */
  void wake() {
    List<Signals> all;
    synchronized (this) {
      all = List.copyOf(waiting);
    }
    all.forEach(Signals::raise);
  }

  private void end(Signals session, long settlingFor) {
    List<Signals> next;
    synchronized (this) {
      waiting.remove(session);
      if (taken != session) {
        return;
      }
      taken = null;
      settling = settlingFor > 0;
      settledNanos = session.nanos() + settlingFor;
      next = List.copyOf(waiting);
    }
    next.forEach(Signals::raise);
  }
}
