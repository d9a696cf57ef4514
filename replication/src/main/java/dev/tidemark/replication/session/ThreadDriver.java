package dev.tidemark.replication.session;

import dev.tidemark.error.Problem;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.util.function.BooleanSupplier;

/** Two threads for each session, and the system's clocks. */
final class ThreadDriver implements Driver {
  static final Driver INSTANCE = new ThreadDriver();

  private ThreadDriver() {}

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public long millis() {
    return System.currentTimeMillis();
  }

  @Override
  public Motion start(Half reading, Half writing) {
    Thread reader = thread("tidemark-replication-reader", reading);
    Thread writer = thread("tidemark-replication-writer", writing);
    reader.start();
    writer.start();
    return () -> join(writer, reader);
  }

  private static Thread thread(String name, Half half) {
    Thread thread =
        new Thread(
            () -> {
              while (half.step()) {
                // Each step waits for something to do.
              }
            },
            name);
    thread.setDaemon(true);
    return thread;
  }

  private static void join(Thread... threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive() && thread != Thread.currentThread()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  @SuppressWarnings("WaitNotInLoop")
  public void await(Object lock, BooleanSupplier so, long millis) {
    synchronized (lock) {
      if (so.getAsBoolean()) {
        return;
      }
      try {
        lock.wait(millis);
      } catch (InterruptedException e) {
        // Nobody interrupts these threads: an interrupt while the store works would close its
        // files.
        throw new SessionEndedException(Reason.LOCAL_FAILURE, Problem.of("interrupted"), e);
      }
    }
  }
}
