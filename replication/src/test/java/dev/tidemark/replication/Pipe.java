package dev.tidemark.replication;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tidemark.replication.session.Link;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.v1.Frame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.function.Predicate;

/** A connection within a test, which sees each frame before and after it passes, and may cut it. */
final class Pipe {
  private static final int MOST_QUEUED = 2;

  final End one = new End("one end");
  final End other = new End("other end");
  private final Predicate<Frame> cutBefore;
  private final Predicate<Frame> cutAfter;

  /**
   * A connection of which each frame, in either direction, is shown.
   *
   * @param cutBefore whether the connection ends and the frame does not arrive
   * @param cutAfter whether it ends when the frame has arrived
   */
  Pipe(Predicate<Frame> cutBefore, Predicate<Frame> cutAfter) {
    this.cutBefore = cutBefore;
    this.cutAfter = cutAfter;
  }

  private void cut() {
    one.end();
    other.end();
  }

  private End opposite(End end) {
    return end == one ? other : one;
  }

  /** One end of it. */
  final class End implements Link {
    private final String name;
    private final Deque<byte[]> coming = new ArrayDeque<>();
    private Session session;
    private int asked;
    private boolean closed;

    /** How many wait there; read without the lock, under which signals are raised. */
    private volatile int queued;

    private End(String name) {
      this.name = name;
    }

    /** Whose frames come here. */
    void of(Session its) {
      session = its;
    }

    @Override
    public boolean isReady() {
      return opposite(this).queued < MOST_QUEUED;
    }

    @Override
    public void send(byte[] frame) {
      Frame shown = parsed(frame);
      if (cutBefore.test(shown)) {
        cut();
        return;
      }
      opposite(this).come(frame);
      if (cutAfter.test(shown)) {
        cut();
      }
    }

    private static Frame parsed(byte[] frame) {
      try {
        return Frame.parseFrom(frame);
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }

    private synchronized void come(byte[] frame) {
      if (!closed) {
        coming.add(frame);
        give();
      }
    }

    private void give() {
      while (asked > 0 && !coming.isEmpty()) {
        asked--;
        session.onFrame(coming.remove());
      }
      queued = coming.size();
    }

    @Override
    public void request(int frames) {
      synchronized (this) {
        asked += frames;
        give();
      }
      opposite(this).session.onReady();
    }

    private void end() {
      synchronized (this) {
        closed = true;
        coming.clear();
        queued = 0;
      }
      session.onClosed("cut");
      session.onReady();
    }

    @Override
    public void close(String detail) {
      cut();
    }

    @Override
    public Set<String> certifiedNames() {
      return Set.of();
    }

    @Override
    public String address() {
      return name;
    }
  }
}
