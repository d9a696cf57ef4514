package dev.tidemark.replication.session;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which session asks for keys that the store is to hold: one at a time, and as long as it does the
 * others take nothing that is new. It asks only once none of them is about to. Thread-safe.
 */
final class WiderTurn {
  private final StateTurn turn = new StateTurn();
  private final Set<Signals> taking = new HashSet<>();
  private @Nullable Signals asker;

  /** Whether a session may ask now; if not, it gets a signal when it should try again. */
  synchronized boolean take(Signals session) {
    if (!turn.take(session)) {
      return false;
    }
    asker = session;
    return taking.stream().allMatch(other -> other == session);
  }

  /** Whether a session may take what is new; if so, it {@linkplain #leave leaves} when it has. */
  synchronized boolean enter(Signals session) {
    return !turn.isAnothers(session) && taking.add(session);
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

  /** Whether it is another session's turn. */
  synchronized boolean isAnothers(Signals session) {
    return turn.isAnothers(session);
  }

  /** Some of the keys have come. */
  void brought(Signals session, long bytes) {
    turn.brought(session, bytes);
  }

  /** A session has its answer: the others go on, for a while at least. */
  void over(Signals session) {
    synchronized (this) {
      asker = null;
    }
    turn.settle(session);
  }

  /** A session does not ask any more. */
  void release(Signals session) {
    synchronized (this) {
      taking.remove(session);
      asker = asker == session ? null : asker;
    }
    turn.release(session);
  }
}
