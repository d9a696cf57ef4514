package dev.tidemark;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.error.Problem;
import dev.tidemark.event.Event;
import dev.tidemark.storage.core.Observers;
import dev.tidemark.storage.core.PinnedScan;
import dev.tidemark.storage.core.StoreCore;
import dev.tidemark.storage.log.LogCursor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the keys under a prefix, in log order, each once it is synced: what is told here is
 * never taken back. For one thread at a time.
 *
 * <p>Live, changes are captured as they are committed, with the values before and after. One that
 * starts in the past, or falls more than {@value #MAX_QUEUED} changes behind, reads the log
 * instead, without values before, until it has caught up: no change is lost and memory stays
 * bounded. Where the log was truncated, {@link Event.Compacted} and the current values stand for
 * what is gone.
 */
public final class Subscription implements AutoCloseable {
  /** Changes kept for a reader that does not keep up. */
  static final int MAX_QUEUED = 4_096;

  private final StoreCore core;
  private final Bytes prefix;
  private final LongSupplier firstPosition;
  private final Tap tap = new Tap();
  private final Deque<Event> ready = new ArrayDeque<>();
  private long next;
  private @Nullable LogCursor cursor;
  private @Nullable PinnedScan current;
  private boolean closed;

  Subscription(StoreCore core, Bytes prefix, long fromPosition) {
    this(core, prefix, fromPosition, core.log()::firstPosition);
  }

  Subscription(StoreCore core, Bytes prefix, long fromPosition, LongSupplier firstPosition) {
    core.requireOpen();
    if (fromPosition < 1) {
      throw Problem.of("position is below 1")
          .with("position", fromPosition)
          .advise("positions begin at 1")
          .illegalArgument();
    }
    this.core = core;
    this.prefix = prefix;
    this.next = fromPosition;
    this.firstPosition = firstPosition;
    goLive();
  }

  /** The position to resume from after everything handed out so far. */
  public long nextPosition() {
    return ready.isEmpty() ? next : ready.getFirst().position();
  }

  /**
   * The next event, or null if none comes within the time.
   *
   * @throws IllegalStateException if the subscription or the store is closed
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public @Nullable Event poll(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      requireOpen();
      Event event = pollNow();
      if (event != null) {
        return event;
      }
      if (!tap.await(deadline)) {
        requireOpen();
        return pollNow();
      }
    }
  }

  private @Nullable Event pollNow() {
    while (ready.isEmpty()) {
      if (!advance()) {
        return null;
      }
    }
    return ready.removeFirst();
  }

  /** Makes the next events ready, if there are any; false if there is nothing more for now. */
  private boolean advance() {
    long synced = core.log().syncedPosition();
    if (current != null) {
      return nextCurrent(current);
    }
    if (next < firstPosition.getAsLong()) {
      skipTruncated();
      return true;
    }
    if (tap.isLiveFrom(next)) {
      return nextLive(synced);
    }
    if (next > synced) {
      return false;
    }
    return nextLogged();
  }

  private boolean nextLive(long synced) {
    List<Event.Change> changes = tap.take(synced);
    if (changes == null) {
      return false;
    }
    if (changes.isEmpty()) {
      // It overflowed: the log has what it dropped.
      next = tap.overflowedAt();
      goLive();
      return true;
    }
    ready.addAll(changes);
    next = changes.get(0).position() + 1;
    return true;
  }

  private boolean nextLogged() {
    LogCursor log = cursor;
    if (log == null) {
      log = core.log().cursor(next);
      cursor = log;
    }
    if (!log.next()) {
      return false;
    }
    Commit commit = CommitCodec.decode(log.array(), log.offset(), log.length());
    ready.addAll(core.replayed(commit, log.position(), tap));
    next = log.position() + 1;
    if (tap.isLiveFrom(next)) {
      closeCursor();
    }
    return true;
  }

  private void skipTruncated() {
    PinnedScan scan = core.scan(prefix);
    ready.add(new Event.Compacted(next, firstPosition.getAsLong() - 1));
    current = scan;
    closeCursor();
    // What the scan shows includes everything up to its position.
    next = scan.position() + 1;
    goLive();
  }

  private boolean nextCurrent(PinnedScan scan) {
    PinnedScan.Found found = scan.next();
    if (found == null) {
      scan.close();
      current = null;
      return true;
    }
    var strategy = found.namespace().strategy();
    ready.add(
        new Event.Current(
            scan.position(),
            found.key().toUtf8(),
            strategy,
            strategy.lattice().value(found.view())));
    return true;
  }

  /** From the next commit on, changes are captured; what is logged already is read from the log. */
  private void goLive() {
    core.locked(
        () -> {
          tap.restart(core.log().appendedPosition() + 1);
          core.observers().remove(tap);
          core.observers().add(tap);
          return tap;
        });
  }

  private void requireOpen() {
    if (closed) {
      throw Problem.of("subscription is closed").advise("subscribe again").illegalState();
    }
    core.requireOpen();
  }

  private void closeCursor() {
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
  }

  @Override
  public void close() {
    closed = true;
    core.observers().remove(tap);
    closeCursor();
    if (current != null) {
      current.close();
      current = null;
    }
    tap.wake();
  }

  /** What is captured live, from one position on, until it is too much. */
  private final class Tap implements Observers.Tap {
    private final Deque<List<Event.Change>> commits = new ArrayDeque<>();
    private int queued;
    private long liveFrom;
    private long overflow;
    private boolean woken;

    @Override
    public boolean wants(Bytes key) {
      return key.startsWith(prefix);
    }

    @Override
    public synchronized boolean isOpen() {
      return overflow == 0;
    }

    @Override
    public synchronized void offer(long position, List<Event.Change> changes) {
      if (overflow != 0) {
        return;
      }
      if (queued + changes.size() > MAX_QUEUED && queued > 0) {
        overflow = position;
        return;
      }
      commits.add(changes);
      queued += changes.size();
    }

    @Override
    public synchronized void wake() {
      woken = true;
      notifyAll();
    }

    synchronized void restart(long from) {
      commits.clear();
      queued = 0;
      overflow = 0;
      liveFrom = from;
    }

    synchronized boolean isLiveFrom(long position) {
      return position >= liveFrom;
    }

    /**
     * The changes of the oldest synced commit; none if it overflowed there; null if there is none
     * yet.
     */
    synchronized @Nullable List<Event.Change> take(long synced) {
      List<Event.Change> oldest = commits.peek();
      if (oldest == null) {
        return overflow != 0 && overflow <= synced ? List.of() : null;
      }
      if (oldest.get(0).position() > synced) {
        return null;
      }
      queued -= oldest.size();
      return commits.poll();
    }

    synchronized long overflowedAt() {
      return overflow;
    }

    /** Waits to be woken; false if the time is over first. */
    synchronized boolean await(long deadline) throws InterruptedException {
      while (!woken) {
        long nanos = deadline - System.nanoTime();
        if (nanos <= 0) {
          return false;
        }
        wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
      }
      woken = false;
      return true;
    }
  }
}
