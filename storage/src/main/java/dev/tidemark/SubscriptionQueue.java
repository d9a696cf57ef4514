package dev.tidemark;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.event.Event;
import dev.tidemark.storage.core.Observers;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The changes under a prefix that are captured live, from one position on, until they are too much
 * for a reader that does not keep up: then what is queued is kept, and the rest is in the log.
 */
final class SubscriptionQueue implements Observers.Tap {
  static final int MAX_CHANGES = 4_096;
  static final long MAX_BYTES = 4 << 20;

  private final Bytes prefix;
  // Linked: an addition that finds no memory leaves what is queued as it was.
  private final Queue<Captured> commits = new ConcurrentLinkedQueue<>();
  private int queuedChanges;
  private long queuedBytes;
  private long liveFrom;
  private long overflow;
  private boolean woken;

  SubscriptionQueue(Bytes prefix) {
    this.prefix = prefix;
  }

  private record Captured(long position, List<Event.Change> changes, long bytes) {}

  @Override
  public boolean wants(Bytes key) {
    return key.startsWith(prefix) && !Namespace.isReserved(key);
  }

  @Override
  public synchronized boolean isOpen() {
    return overflow == 0;
  }

  @Override
  public synchronized void offer(long position, List<Event.Change> changes, long bytes) {
    if (overflow != 0) {
      return;
    }
    boolean isFull =
        queuedChanges + changes.size() > MAX_CHANGES || queuedBytes + bytes > MAX_BYTES;
    if (isFull && !commits.isEmpty()) {
      overflow = position;
      return;
    }
    commits.add(new Captured(position, changes, bytes));
    queuedChanges += changes.size();
    queuedBytes += bytes;
  }

  @Override
  public synchronized void missed(long position) {
    overflow = overflow == 0 ? position : overflow;
  }

  @Override
  public synchronized void wake() {
    woken = true;
    notifyAll();
  }

  /** Drops everything; what is committed from a position on is captured. */
  synchronized void restart(long from) {
    commits.clear();
    queuedChanges = 0;
    queuedBytes = 0;
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
    Captured oldest = commits.peek();
    if (oldest == null) {
      return overflow != 0 && overflow <= synced ? List.of() : null;
    }
    if (oldest.position() > synced) {
      return null;
    }
    queuedChanges -= oldest.changes().size();
    queuedBytes -= oldest.bytes();
    commits.remove();
    return oldest.changes();
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
      TimeUnit.NANOSECONDS.timedWait(this, nanos);
    }
    woken = false;
    return true;
  }
}
