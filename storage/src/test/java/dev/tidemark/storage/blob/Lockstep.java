package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.LargeValue;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A sweep in a thread of its own that goes on only when it is told to, from one of its steps to the
 * next: so whatever happens between two of them happens there every time.
 */
final class Lockstep {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Semaphore goOn = new Semaphore(0);
  private final Semaphore stands = new Semaphore(0);
  private final Thread thread;
  private volatile boolean killed;
  private volatile boolean ended;
  private volatile @Nullable SweepReport report;
  private volatile @Nullable Throwable failure;

  /** Begins a sweep, which stands before its first step. */
  Lockstep(BlobStore store, Supplier<List<LargeValue>> references) {
    thread = new Thread(() -> run(store, references), "sweep in lockstep");
    thread.start();
    stands.acquireUninterruptibly();
  }

  private void run(BlobStore store, Supplier<List<LargeValue>> references) {
    try {
      report = store.sweep(visitor -> references.get().forEach(visitor), LONG, this::step);
    } catch (Killed e) {
      // As a process: what it has not done is not done.
    } catch (Throwable e) {
      failure = e;
    } finally {
      ended = true;
      stands.release();
    }
  }

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private void step() {
    stands.release();
    goOn.acquireUninterruptibly();
    if (killed) {
      throw new Killed();
    }
  }

  /** One step further; false if it has come to its end. */
  boolean advance() {
    goOn.release();
    stands.acquireUninterruptibly();
    if (failure != null) {
      throw new AssertionError(failure);
    }
    return !ended;
  }

  /** What it did, once it has come to its end. */
  SweepReport report() {
    return Objects.requireNonNull(report);
  }

  /** Ends it where it stands. */
  void kill() throws InterruptedException {
    killed = true;
    goOn.release();
    thread.join();
  }
}
