package dev.tidemark.replication.session;

import dev.tidemark.storage.handover.LogId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What sessions that were cut off leave to the next one with the same peer: one thing a peer, a
 * bounded number for a bounded time, since each holds something of the store. Thread-safe.
 */
final class Leftovers<T extends Leftovers.Leftover> {
  /** How many peers' are kept; those that were left first go first. */
  static final int MOST = 4;

  /** For how long: some tries of a peer that dials again. */
  static final long NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Map<LogId, Kept<T>> kept = new LinkedHashMap<>();
  private final LongSupplier nanos;
  private boolean closed;

  /** Nothing yet. */
  Leftovers(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** What can be left. */
  interface Leftover extends AutoCloseable {
    @Override
    void close();
  }

  private record Kept<T>(T what, long sinceNanos) {}

  /** Leaves something, in the place of what was left of the same peer before. */
  void leave(LogId peer, T what) {
    List<T> gone = new ArrayList<>();
    synchronized (this) {
      if (closed) {
        gone.add(what);
      } else {
        Kept<T> before = kept.remove(peer);
        if (before != null) {
          gone.add(before.what());
        }
        kept.put(peer, new Kept<>(what, nanos.getAsLong()));
        Iterator<Kept<T>> oldest = kept.values().iterator();
        while (kept.size() > MOST) {
          gone.add(oldest.next().what());
          oldest.remove();
        }
      }
    }
    gone.forEach(Leftover::close);
  }

  /** Gives what was left of a peer to whoever goes on with it. */
  synchronized @Nullable T take(LogId peer) {
    Kept<T> left = kept.remove(peer);
    return left == null ? null : left.what();
  }

  /** Closes what nobody came for in time. */
  void expire() {
    long now = nanos.getAsLong();
    List<T> gone = new ArrayList<>();
    synchronized (this) {
      Iterator<Kept<T>> each = kept.values().iterator();
      while (each.hasNext()) {
        Kept<T> left = each.next();
        if (now - left.sinceNanos() >= NANOS) {
          gone.add(left.what());
          each.remove();
        }
      }
    }
    gone.forEach(Leftover::close);
  }

  /** Closes all, and what is left from now on. */
  void close() {
    List<T> gone = new ArrayList<>();
    synchronized (this) {
      closed = true;
      kept.values().forEach(left -> gone.add(left.what()));
      kept.clear();
    }
    gone.forEach(Leftover::close);
  }
}
