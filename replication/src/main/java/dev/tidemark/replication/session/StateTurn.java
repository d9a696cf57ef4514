package dev.tidemark.replication.session;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose state is taken: one session's at a time, since behind it the logs of the other peers mostly
 * reach what is still lacking. Thread-safe.
 */
final class StateTurn {
  private final Set<Signals> waiting = new HashSet<>();
  private @Nullable Signals taken;

  /** Whether it is a session's turn now; if not, it gets a signal when it should ask again. */
  synchronized boolean take(Signals session) {
    if (taken == null || taken == session) {
      taken = session;
      waiting.remove(session);
      return true;
    }
    waiting.add(session);
    return false;
  }

  /** A session has its state, or does not need it, or will not get it. */
  void release(Signals session) {
    Set<Signals> next;
    synchronized (this) {
      waiting.remove(session);
      if (taken != session) {
        return;
      }
      taken = null;
      next = Set.copyOf(waiting);
    }
    next.forEach(Signals::raise);
  }
}
