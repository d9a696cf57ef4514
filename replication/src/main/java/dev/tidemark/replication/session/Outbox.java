package dev.tidemark.replication.session;

import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.SessionEndedException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Numbers and seals the frames of a session and puts them on its link. For one thread at a time.
 */
final class Outbox {
  /** A peer that applies a large run reads nothing meanwhile. */
  private static final long STALL_NANOS = TimeUnit.MINUTES.toNanos(30);

  private final Link link;
  private final Signals signals;
  private final AtomicLong bytes = new AtomicLong();
  private long frames;

  Outbox(Link link, Signals signals) {
    this.link = link;
    this.signals = signals;
  }

  /** Sends a frame; waits until the peer reads. */
  void send(Frame frame) {
    byte[] sealed = Frames.seal(frame, frames);
    signals.await(link::isReady, signals.nanos() + STALL_NANOS, "peer does not read");
    // Only now: where it ends while it waits, the goodbye is the next frame, and not this one.
    frames++;
    bytes.addAndGet(sealed.length);
    link.send(sealed);
  }

  /**
   * Takes leave, whether the peer reads or not.
   *
   * @param first what is said before; null for nothing
   * @param why null for no reason
   * @param isGone whether the peer cannot be told
   */
  void close(@Nullable Frame first, @Nullable SessionEndedException why, boolean isGone) {
    try {
      if (!isGone && first != null) {
        link.send(Frames.seal(first, frames++));
      }
      if (!isGone && why != null) {
        link.send(Frames.seal(Goodbyes.of(why), frames));
      }
      link.close(why == null ? "" : why.reason().name());
    } catch (RuntimeException gone) {
      // It is closed.
    }
  }

  /** The bytes of all frames that were sent. */
  long bytes() {
    return bytes.get();
  }
}
