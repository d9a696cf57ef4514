package dev.tidemark.replication.session;

import dev.tidemark.error.Problem;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntConsumer;

/** The frames that came over a link and are not used yet: no more than were asked for. */
final class Inbox {
  private final IntConsumer request;
  private final Signals signals;
  private final Deque<byte[]> frames = new ArrayDeque<>();
  private long bytes;
  private boolean taking;
  private boolean closed;

  /**
   * One that is empty.
   *
   * @param request lets so many more come
   */
  Inbox(IntConsumer request, Signals signals) {
    this.request = request;
    this.signals = signals;
  }

  /** Frames may come. */
  void open() {
    request.accept(Bounds.FRAMES_IN_FLIGHT);
  }

  /** One was used; another may come. */
  void used() {
    request.accept(1);
  }

  void add(byte[] frame) {
    synchronized (this) {
      if (frames.size() >= Bounds.FRAMES_IN_FLIGHT) {
        throw Problem.of("link gives more frames than were asked for").broken();
      }
      frames.add(frame);
      bytes += frame.length;
    }
    signals.raise();
  }

  /** Whether there is a frame to take, or to be found out that none comes by a time. */
  boolean isReady(long deadline) {
    synchronized (this) {
      if (closed || !frames.isEmpty()) {
        return true;
      }
    }
    return signals.isDue(deadline);
  }

  /** The next frame; waits for it until a time. */
  byte[] take(long deadline) {
    signals.await(this::hasNext, deadline, "peer is silent");
    synchronized (this) {
      taking = true;
      return frames.remove();
    }
  }

  /** What was taken is used, or held. */
  void done() {
    boolean over;
    synchronized (this) {
      taking = false;
      over = closed && frames.isEmpty();
    }
    if (over) {
      throw gone();
    }
  }

  private static SessionEndedException gone() {
    return new SessionEndedException(Reason.LOST, Problem.of("connection is gone"));
  }

  private synchronized boolean hasNext() {
    if (frames.isEmpty() && closed) {
      throw gone();
    }
    return !frames.isEmpty();
  }

  /**
   * Nothing comes any more; what came before is still used. Whether nothing is left to use: what is
   * being used may be the peer's word on why it goes.
   */
  boolean close() {
    boolean idle;
    synchronized (this) {
      closed = true;
      idle = frames.isEmpty() && !taking;
    }
    signals.raise();
    return idle;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** Nothing that came is used any more. */
  synchronized void clear() {
    frames.clear();
  }

  /** The bytes of all frames that came. */
  synchronized long bytes() {
    return bytes;
  }
}
