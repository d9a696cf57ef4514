package dev.tidemark.storage.log;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * One force for all who wait: the first caller forces what is appended so far, those who come
 * meanwhile wait, and the first of them to wake whose position is not covered forces for the rest.
 * Sealing a segment takes the same turn, so that no file is closed under a force.
 */
final class GroupCommit {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition turnEnded = lock.newCondition();
  private final LongSupplier round;
  private final Runnable refusal;
  private boolean turnTaken;
  private volatile long synced;

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
    if (synced >= position) {
      return;
    }
    lock.lock();
    try {
      while (synced < position) {
        refusal.run();
        if (turnTaken) {
          turnEnded.awaitUninterruptibly();
        } else {
          takeTurn(round);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Does something that must not meet a force; what it gives is forced then. */
  void exclusively(LongSupplier work) {
    lock.lock();
    try {
      while (turnTaken) {
        turnEnded.awaitUninterruptibly();
      }
      takeTurn(work);
    } finally {
      lock.unlock();
    }
  }

  /** Runs the work without the lock, so that others can queue up meanwhile. */
  private void takeTurn(LongSupplier work) {
    turnTaken = true;
    lock.unlock();
    long reached = 0;
    try {
      reached = work.getAsLong();
    } finally {
      lock.lock();
      turnTaken = false;
      synced = Math.max(synced, reached);
      turnEnded.signalAll();
    }
  }
}
