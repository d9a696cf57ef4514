package dev.tidemark.replication.repair;

import dev.tidemark.error.TidemarkException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Compares a store with each of its peers from time to time, one after the other. */
public final class RepairSchedule implements AutoCloseable {
  private final Duration interval;
  private final Supplier<List<RepairChannel>> peers;
  private final Thread thread;
  private boolean closed;

  /**
   * A schedule that is not started.
   *
   * @param interval how long to wait in between; 0 for ever
   * @param peers those that are connected
   */
  public RepairSchedule(Duration interval, Supplier<List<RepairChannel>> peers) {
    this.interval = interval;
    this.peers = peers;
    this.thread = new Thread(this::run, "tidemark-replication-repair");
    thread.setDaemon(true);
  }

  /** Begins, with a wait. */
  public void start() {
    if (!interval.isZero()) {
      thread.start();
    }
  }

  private void run() {
    while (awaitTurn()) {
      for (RepairChannel peer : peers.get()) {
        try {
          peer.repair(true);
        } catch (TidemarkException | IllegalStateException e) {
          // It is counted, and tried again at the next turn.
        }
      }
    }
  }

  /** False if there is none any more. */
  private synchronized boolean awaitTurn() {
    long deadline = System.nanoTime() + interval.toNanos();
    while (!closed) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return true;
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        return false;
      }
    }
    return false;
  }

  /** Ends it; what is under way ends with the session it goes over. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
