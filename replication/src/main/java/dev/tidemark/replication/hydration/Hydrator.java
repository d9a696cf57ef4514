package dev.tidemark.replication.hydration;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.MissingDataException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.replication.session.Session;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Fetches the large values that came without their chunks, from whoever is connected and has them,
 * until all are here: a peer that has none of a chunk ends nothing. What was fetched stays, so a
 * value goes on where it was when a connection broke or the process ended.
 *
 * <p>Memory: {@value #MOST} references, and the chunks that are in flight.
 */
public final class Hydrator implements AutoCloseable {
  private static final int MOST = 1 << 14;
  private static final int MOST_TRIES = 100;
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 2000;

  private final Tidemark store;
  private final PeerChunks chunks;
  private final Thread thread;
  private final Map<LargeValue, Integer> waiting = new LinkedHashMap<>();
  private boolean look;
  private boolean looking;
  private boolean closed;
  private long news;
  private final AtomicLong refused = new AtomicLong();

  /**
   * Begins.
   *
   * @param peers who may be asked now
   * @param look whether to look for what an earlier one has left
   */
  public Hydrator(Tidemark store, Supplier<List<Session>> peers, boolean look) {
    this.store = store;
    this.chunks = new PeerChunks(peers);
    this.thread = new Thread(this::run, "tidemark-hydrator");
    thread.setDaemon(true);
    this.look = look;
    if (look) {
      thread.start();
    }
  }

  /** A value came without all of its chunks. Does not wait. */
  public synchronized void lacks(LargeValue value) {
    if (waiting.size() < MOST) {
      waiting.put(value, 0);
    } else {
      // Found again when there is room.
      look = true;
    }
    news++;
    notifyAll();
    if (thread.getState() == Thread.State.NEW && !closed) {
      thread.start();
    }
  }

  /** How many values are known to lack chunks. */
  public synchronized int waiting() {
    return waiting.size();
  }

  /**
   * Waits until no value is known to lack chunks.
   *
   * @return false if some still do when the time is over
   */
  public synchronized boolean awaitAll(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    // What was given up is looked for again before it is known to lack nothing.
    while (!waiting.isEmpty() || look || looking) {
      requireOpen();
      long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
      if (leftMillis <= 0) {
        return false;
      }
      wait(leftMillis);
    }
    return true;
  }

  /** How many bytes of chunks were fetched, as they are stored. */
  public long fetchedBytes() {
    return chunks.givenBytes();
  }

  /** How many chunks were given that are not what was asked for. */
  public long refused() {
    return refused.get();
  }

  private void run() {
    long pause = FIRST_PAUSE_MILLIS;
    try {
      while (true) {
        long before = news();
        boolean moved = round();
        pause = moved ? FIRST_PAUSE_MILLIS : Math.min(LONGEST_PAUSE_MILLIS, 2 * pause);
        rest(before, pause);
      }
    } catch (CancellationException over) {
      // It is closed.
    } catch (IllegalStateException storeClosed) {
      // Nothing can be written any more.
    }
  }

  private synchronized long news() {
    return news;
  }

  /** Until there is something to do; with what could not be had, no longer than a while. */
  private synchronized void rest(long before, long pauseMillis) {
    long deadline = System.nanoTime() + pauseMillis * 1_000_000;
    while (news == before && !(look && waiting.isEmpty())) {
      requireOpen();
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (!waiting.isEmpty() && left <= 0) {
        return;
      }
      try {
        wait(waiting.isEmpty() ? 0 : left);
      } catch (InterruptedException e) {
        throw new CancellationException();
      }
    }
    requireOpen();
  }

  private synchronized void requireOpen() {
    if (closed) {
      throw new CancellationException();
    }
  }

  /** Tries all that is waiting; whether anything came. */
  private boolean round() {
    boolean moved = false;
    if (takeLook()) {
      look();
      moved = true;
    }
    for (LargeValue value : values()) {
      requireOpen();
      long before = fetchedBytes();
      boolean done = fetch(value);
      moved |= done || fetchedBytes() > before;
      settle(value, done);
    }
    return moved;
  }

  private synchronized boolean takeLook() {
    looking = look && waiting.isEmpty();
    look &= !looking;
    return looking;
  }

  private void look() {
    try {
      store.largeValues().missing(this::requireOpen, this::lacks);
    } catch (TidemarkException cannotBeRead) {
      // Readers are told of that; what comes from now on is fetched all the same.
    } finally {
      looked();
    }
  }

  private synchronized void looked() {
    looking = false;
    notifyAll();
  }

  private synchronized List<LargeValue> values() {
    return List.copyOf(waiting.keySet());
  }

  /** What nobody has for long is perhaps not referred to any more; if it is, it is found again. */
  private synchronized void settle(LargeValue value, boolean done) {
    if (done) {
      waiting.remove(value);
      notifyAll();
    } else if (waiting.merge(value, 1, Integer::sum) > MOST_TRIES) {
      waiting.remove(value);
      look = true;
    }
  }

  private boolean fetch(LargeValue value) {
    chunks.begin();
    while (true) {
      try {
        store.largeValues().fetch(value, chunks);
        return true;
      } catch (MissingDataException nobodyHasAll) {
        return false;
      } catch (DamagedException e) {
        if (!chunks.refuseLast()) {
          return false;
        }
        refused.incrementAndGet();
      } catch (MalformedException noSuchValue) {
        return true;
      } catch (TidemarkException noRoom) {
        return false;
      }
    }
  }

  /** Lets go of the store; the sessions end before. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive() && thread != Thread.currentThread()) {
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
