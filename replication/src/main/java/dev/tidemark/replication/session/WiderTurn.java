package dev.tidemark.replication.session;

import dev.tidemark.engine.causality.VersionVector;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which session asks for keys that the store is to hold: one at a time. It asks only once none of
 * the others is about to take what is new. From then on they take nothing, until it is known of
 * which moment the keys are; then what the peer had seen by that moment and no more, since the peer
 * may not hold all of it, and the store then has it from nobody else. Thread-safe.
 */
final class WiderTurn {
  /** For how long the others go on at least where a turn came to nothing. */
  static final long LEAST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final StateTurn turn = new StateTurn();
  private final Set<Signals> taking = new HashSet<>();
  private @Nullable Signals asker;
  private @Nullable VersionVector moment;
  private long moments;
  private long askedNanos;

  /** Whether a session may ask now; if not, it gets a signal when it should try again. */
  synchronized boolean take(Signals session) {
    if (!turn.take(session)) {
      return false;
    }
    if (asker != session) {
      asker = session;
      moment = null;
      askedNanos = session.nanos();
    }
    return taking.stream().allMatch(other -> other == session);
  }

  /**
   * Whether a session may take what it {@linkplain #admits may}; if so, it {@linkplain #leave
   * leaves} when it has.
   */
  synchronized boolean enter(Signals session) {
    return (moment != null || !turn.isAnothers(session)) && taking.add(session);
  }

  /** Whether a session may take what makes the store see so much. */
  synchronized boolean admits(Signals session, VersionVector seen) {
    VersionVector most = moment;
    return !turn.isAnothers(session) || (most != null && most.dominates(seen));
  }

  /** A session has taken what it was about to. */
  void leave(Signals session) {
    Signals waiting;
    synchronized (this) {
      taking.remove(session);
      waiting = asker;
    }
    if (waiting != null && waiting != session) {
      waiting.raise();
    }
  }

  /** The peer of the session that asks gives the keys as they are when so much is seen. */
  void moment(Signals session, VersionVector seen) {
    synchronized (this) {
      if (asker != session) {
        return;
      }
      moment = seen;
      moments++;
    }
    turn.wake();
  }

  /** How often it was told which moment it is: then what was refused may be admitted. */
  synchronized long moments() {
    return moments;
  }

  /** Whether any session is asking. */
  boolean isTaken() {
    return turn.isTaken();
  }

  /** Whether it is another session's turn. */
  synchronized boolean isAnothers(Signals session) {
    return turn.isAnothers(session);
  }

  /** Some of the keys have come. */
  void brought(Signals session, long bytes) {
    turn.brought(session, bytes);
  }

  /** A session has its keys: what else is lacking may be asked for at once. */
  void got(Signals session) {
    release(session);
  }

  /**
   * A session does not get keys now: the others go on for as long as they had to wait, before it is
   * tried again. Gives for how long, in nanoseconds.
   */
  long refused(Signals session) {
    long pause;
    synchronized (this) {
      pause = Math.max(LEAST_PAUSE_NANOS, session.nanos() - askedNanos);
      forget(session);
    }
    turn.settle(session, pause);
    return pause;
  }

  /** A session does not ask any more. */
  void release(Signals session) {
    synchronized (this) {
      taking.remove(session);
      forget(session);
    }
    turn.release(session);
  }

  private synchronized void forget(Signals session) {
    if (asker == session) {
      asker = null;
      moment = null;
    }
  }
}
