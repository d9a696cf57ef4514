package dev.tidemark.storage.log;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One force for all who wait: the first caller forces what is appended so far, those who come
 * meanwhile wait, and the first of them whose position is not covered then forces for the rest.
 * Sealing a segment takes the same turn, so that no file is closed under a force.
 *
 * <p>A turn is handed from one thread to the next, and each who waits is woken once, by name, when
 * its wait is over. Waiting for a condition, all were woken for each force and went through its
 * lock one after the other.
 */
final class GroupCommit {
  private static final long WHATEVER_IS_FORCED = Long.MAX_VALUE;

  private final LongSupplier round;
  private final Runnable refusal;
  private final Object lock = new Object();
  private @Nullable Waiter first;
  private @Nullable Waiter last;
  private boolean turnTaken;
  private volatile long synced;

  /** What one who waits is told. */
  private enum Word {
    /** Wait on. */
    WAIT,
    /** The position is forced, or a force has failed: look. */
    LOOK,
    /** The turn is yours. */
    TURN
  }

  /** A thread that waits for its position, or for the turn whatever is forced. */
  private static final class Waiter {
    private final Thread thread = Thread.currentThread();
    private final long position;
    private volatile Word word = Word.WAIT;
    private @Nullable Waiter next;

    Waiter(long position) {
      this.position = position;
    }

    void tell(Word told) {
      word = told;
      LockSupport.unpark(thread);
    }

    /** An interrupt is kept for later: the position is promised. */
    Word await() {
      boolean interrupted = false;
      while (word == Word.WAIT) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        thread.interrupt();
      }
      return word;
    }
  }

  /**
   * @param synced the position forced so far
   * @param round forces the log, gives the position up to which it is forced
   * @param refusal throws if nothing can be forced any more
   */
  GroupCommit(long synced, LongSupplier round, Runnable refusal) {
    this.synced = synced;
    this.round = round;
    this.refusal = refusal;
  }

  /** The position up to which the log is forced. */
  long synced() {
    return synced;
  }

  /** Returns when the position is forced. */
  void await(long position) {
    while (synced < position) {
      refusal.run();
      if (enter(position)) {
        runTurn(() -> roundFor(position));
      }
    }
  }

  private long roundFor(long position) {
    // What was refused, or forced, while this waited for the turn.
    refusal.run();
    return synced < position ? round.getAsLong() : synced;
  }

  /** Does something that must not meet a force; what it gives is forced then. */
  void exclusively(LongSupplier work) {
    enter(WHATEVER_IS_FORCED);
    runTurn(work);
  }

  /** Waits for the turn; false if there is something else to look at before. */
  private boolean enter(long position) {
    Waiter waiter = new Waiter(position);
    synchronized (lock) {
      if (!turnTaken) {
        turnTaken = true;
        return true;
      }
      if (synced >= position) {
        return false;
      }
      if (last == null) {
        first = waiter;
      } else {
        last.next = waiter;
      }
      last = waiter;
    }
    return waiter.await() == Word.TURN;
  }

  private void runTurn(LongSupplier work) {
    long reached = 0;
    boolean failed = true;
    try {
      reached = work.getAsLong();
      failed = false;
    } finally {
      endTurn(reached, failed);
    }
  }

  /** Allocates nothing: who waits would wait for ever where the heap is full. */
  private void endTurn(long reached, boolean failed) {
    Waiter heir = null;
    Waiter over = null;
    synchronized (lock) {
      synced = Math.max(synced, reached);
      Waiter waiter = first;
      first = null;
      last = null;
      while (waiter != null) {
        Waiter following = waiter.next;
        waiter.next = null;
        if (isOver(waiter, failed)) {
          waiter.next = over;
          over = waiter;
        } else if (heir == null) {
          heir = waiter;
        } else if (last == null) {
          first = waiter;
          last = waiter;
        } else {
          last.next = waiter;
          last = waiter;
        }
        waiter = following;
      }
      turnTaken = heir != null;
    }
    if (heir != null) {
      // First: what it forces takes longer than to wake the others.
      heir.tell(Word.TURN);
    }
    while (over != null) {
      Waiter following = over.next;
      over.tell(Word.LOOK);
      over = following;
    }
  }

  private boolean isOver(Waiter waiter, boolean failed) {
    return waiter.position <= synced || (failed && waiter.position != WHATEVER_IS_FORCED);
  }
}
