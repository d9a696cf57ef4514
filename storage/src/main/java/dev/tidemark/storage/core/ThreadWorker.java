package dev.tidemark.storage.core;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A background thread with one duty. It is never interrupted: an interrupt would close the file
 * channels it forces.
 */
final class ThreadWorker implements Worker {
  private final Thread thread;
  private volatile boolean stopped;
  private volatile boolean idle;
  private volatile boolean signalled;

  ThreadWorker(String name, Duty duty, Consumer<Throwable> onFailure) {
    thread = new Thread(() -> work(duty, onFailure), name);
    thread.setDaemon(true);
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public void signal() {
    if (idle) {
      wake();
    }
  }

  @Override
  public void wake() {
    signalled = true;
    LockSupport.unpark(thread);
  }

  @Override
  public boolean hurry() {
    wake();
    return false;
  }

  @Override
  public void stop() {
    stopped = true;
    wake();
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

  private void work(Duty duty, Consumer<Throwable> onFailure) {
    try {
      while (!stopped) {
        long nanos = duty.run();
        if (nanos == UNTIL_SIGNALLED) {
          // Idle is said before the duty looks once more: a signal in between is not lost.
          idle = true;
          nanos = duty.run();
        }
        rest(nanos);
        idle = false;
        signalled = false;
      }
    } catch (Throwable e) {
      // An InternalError is what a full disk under a mapped file looks like: fail-stop, and say so.
      onFailure.accept(e);
    }
  }

  private void rest(long nanos) {
    if (nanos == UNTIL_SIGNALLED) {
      while (!stopped && !signalled) {
        LockSupport.park(this);
      }
      return;
    }
    long deadline = System.nanoTime() + nanos;
    for (long left = nanos; left > 0 && !stopped && !signalled; ) {
      LockSupport.parkNanos(this, left);
      left = deadline - System.nanoTime();
    }
  }
}
