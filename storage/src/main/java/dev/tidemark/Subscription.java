package dev.tidemark;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.Problem;
import dev.tidemark.event.Event;
import dev.tidemark.storage.core.LogHolds;
import dev.tidemark.storage.core.PinnedScan;
import dev.tidemark.storage.core.Replay;
import dev.tidemark.storage.core.StoreCore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the keys under a prefix, in log order, each once it is synced: what is told here is
 * never taken back. For one reader at a time; any thread may close it.
 *
 * <p>Live, changes are captured as they are committed, with the values before and after. One that
 * starts in the past, or falls more than {@value SubscriptionQueue#MAX_CHANGES} changes or {@value
 * SubscriptionQueue#MAX_BYTES} bytes behind, reads the log instead, without values before, until it
 * has caught up: no change is lost and memory stays bounded. Where the log was folded, one change
 * per key stands for several ({@link Event.Cause#FOLDED}), also for some that come before the
 * position asked for. Where it was truncated, {@link Event.Compacted} and the current values stand
 * for what is gone.
 */
public final class Subscription implements AutoCloseable {
  private static final long LONGEST_WAIT_NANOS = Long.MAX_VALUE / 2;

  private final StoreCore core;
  private final Bytes prefix;
  private final LongSupplier firstPosition;
  private final SubscriptionQueue queue;
  private final Deque<Event> ready = new ArrayDeque<>();
  private final LogHolds.Hold hold;
  private long next;
  private long compactedFrom;
  private @Nullable Replay replay;
  private @Nullable PinnedScan current;
  private volatile boolean closed;

  Subscription(StoreCore core, Bytes prefix, long fromPosition) {
    this(core, prefix, fromPosition, core.log()::firstPosition);
  }

  Subscription(StoreCore core, Bytes prefix, long fromPosition, LongSupplier firstPosition) {
    core.requireOpen();
    long end = core.log().appendedPosition() + 1;
    if (fromPosition < 1 || fromPosition > end) {
      throw Problem.of("position is not in the log")
          .with("position", fromPosition)
          .with("end", end)
          .advise("give a position from 1 to one above the newest")
          .illegalArgument();
    }
    this.core = core;
    this.prefix = prefix;
    this.queue = new SubscriptionQueue(prefix);
    this.next = fromPosition;
    this.firstPosition = firstPosition;
    this.hold = core.holds().add(this::nextPosition);
    goLive();
  }

  /**
   * The position to resume from after everything handed out so far. Of a commit that is handed out
   * in part it is the commit itself, of current values the position they stand for.
   */
  public synchronized long nextPosition() {
    if (!ready.isEmpty()) {
      return ready.getFirst().position();
    }
    if (current != null) {
      return compactedFrom;
    }
    Replay log = replay;
    return log != null && log.isInside() ? log.position() : next;
  }

  /**
   * The next event, or null if none comes within the time.
   *
   * @throws IllegalStateException if the subscription or the store is closed
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public @Nullable Event poll(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + nanos(timeout);
    while (true) {
      Event event = pollNow();
      if (event != null) {
        return event;
      }
      if (!queue.await(deadline)) {
        return pollNow();
      }
    }
  }

  private static long nanos(Duration timeout) {
    return timeout.toSeconds() > Integer.MAX_VALUE ? LONGEST_WAIT_NANOS : timeout.toNanos();
  }

  private synchronized @Nullable Event pollNow() {
    requireOpen();
    while (ready.isEmpty()) {
      if (!advance()) {
        return null;
      }
    }
    return ready.removeFirst();
  }

  /** Makes the next events ready, if there are any; false if there is nothing more for now. */
  private boolean advance() {
    // Before everything that is read below: what is not synced by now is not told.
    long synced = core.log().syncedPosition();
    if (current != null) {
      return nextCurrent(current);
    }
    if (replay == null && queue.isLiveFrom(next)) {
      return nextLive(synced);
    }
    return nextLogged(synced);
  }

  private boolean nextLive(long synced) {
    long passed = core.observers().passed();
    List<Event.Change> changes = queue.take(synced);
    if (changes == null) {
      // Nothing of interest is among what has passed: no need to look at it again after a resume.
      next = Math.max(next, Math.min(passed, synced) + 1);
      return false;
    }
    if (changes.isEmpty()) {
      // It overflowed: the log has what it dropped.
      next = queue.overflowedAt();
      goLive();
      return true;
    }
    ready.addAll(changes);
    next = changes.get(0).position() + 1;
    return true;
  }

  private boolean nextLogged(long synced) {
    Replay log = replay;
    Event change = log == null ? null : log.nextChange();
    if (change != null) {
      ready.add(change);
      return true;
    }
    if (queue.isLiveFrom(next)) {
      closeReplay();
      return true;
    }
    if (next < firstPosition.getAsLong()) {
      closeReplay();
      skipTruncated();
      return true;
    }
    if (next > synced) {
      return false;
    }
    if (log == null) {
      log = core.views().replay(next, queue::wants);
      replay = log;
    }
    if (!log.nextCommit()) {
      return false;
    }
    next = log.position() + 1;
    return true;
  }

  private void skipTruncated() {
    PinnedScan scan = core.views().scan(prefix);
    boolean synced = false;
    try {
      // The scan shows commits that are not synced yet, and what is told is never taken back.
      core.awaitSynced(scan.position());
      synced = true;
    } finally {
      if (!synced) {
        scan.close();
      }
    }
    compactedFrom = next;
    ready.add(new Event.Compacted(next, firstPosition.getAsLong() - 1));
    current = scan;
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
          queue.restart(core.log().appendedPosition() + 1);
          core.observers().remove(queue);
          core.observers().add(queue);
          return queue;
        });
  }

  private void requireOpen() {
    if (closed) {
      throw Problem.of("subscription is closed").advise("subscribe again").illegalState();
    }
    core.requireOpen();
  }

  private void closeReplay() {
    if (replay != null) {
      replay.close();
      replay = null;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    hold.close();
    core.observers().remove(queue);
    closeReplay();
    if (current != null) {
      current.close();
      current = null;
    }
    queue.wake();
  }
}
