package dev.tidemark;

import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.blob.BlobSource;
import dev.tidemark.storage.handover.Run;
import dev.tidemark.storage.handover.StateExport;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.log.TruncatedException;
import org.jspecify.annotations.Nullable;

/**
 * One direction of an exchange between two stores of one process: what the first has logged and the
 * second lacks. It remembers how far it read, so that each pull costs what is new. For one thread
 * at a time.
 *
 * <p>Where the first store's log is folded, a run takes the place of its commits. Where it does not
 * reach what the second lacks any more, the second gets the state of the first, and what was logged
 * since. Large values that something refers to are copied before it is handed over, as far as they
 * are not there already.
 */
public final class Exchange implements AutoCloseable {
  private final Tidemark from;
  private final Tidemark to;
  private final BlobSource chunks;
  private @Nullable CommitStream stream;
  private boolean held;
  private boolean closed;
  private long reached;
  private long states;

  /** An exchange that begins at the start of the first store's log. */
  public Exchange(Tidemark from, Tidemark to) {
    this.from = from;
    this.to = to;
    this.chunks = from.largeValues().source();
    this.stream = from.commitsSince(to.vector());
  }

  /** How often it handed over the first store's state because its log did not reach back. */
  public long states() {
    return states;
  }

  /** Hands over all that is logged; gives how many commits, runs and states were new. */
  public long pull() {
    return pullUntil(Long.MAX_VALUE);
  }

  /**
   * Hands over the first store's log up to and with its own operation of that sequence: what it had
   * seen when it made it. A run that holds the operation is handed over as a whole, and so is a
   * state.
   *
   * @return how many commits, runs and states were new
   */
  public long pullUntil(long ownSequence) {
    long received = 0;
    boolean synced = false;
    // What follows an operation in the log was not seen when it was made.
    while (reached < ownSequence) {
      CommitStream in = stream;
      if (in == null) {
        received += begin() ? 1 : 0;
        continue;
      }
      if (!held && !advance(in)) {
        if (stream == null) {
          continue;
        }
        if (synced) {
          break;
        }
        // Only now: most of what is asked for has often been synced for somebody else.
        from.sync();
        synced = true;
        continue;
      }
      // Held until it is in: what is refused today is offered again by the next pull.
      held = true;
      Offer offer = in.isRun() ? offer(in.run()) : offer(in);
      if (offer.ownBefore() >= ownSequence) {
        break;
      }
      received += offer.take().isNew() ? 1 : 0;
      held = false;
      reached = Math.max(reached, offer.ownAfter());
    }
    return received;
  }

  /** Moves the stream; ends it if the log was truncated above it. */
  private boolean advance(CommitStream in) {
    try {
      return in.next();
    } catch (TruncatedException cut) {
      endStream();
      return false;
    }
  }

  /**
   * Begins to read, behind a state if the log does not reach what is lacking.
   *
   * @return whether that state was new
   */
  private boolean begin() {
    if (closed) {
      throw Problem.of("exchange is closed").advise("begin another").illegalState();
    }
    stream = from.commitsSince(to.vector());
    if (stream != null) {
      return false;
    }
    try (StateExport state = from.export()) {
      // Opened before the state is sent, which takes a while: the log keeps what comes behind it.
      CommitStream behind = from.commits(state.position() + 1);
      boolean taken = false;
      try {
        boolean isNew = to.accept(state, from.replicaId(), chunks);
        stream = behind;
        states++;
        reached = Math.max(reached, ownAfter(state));
        taken = true;
        return isNew;
      } finally {
        if (!taken) {
          behind.close();
        }
      }
    } catch (TruncatedException again) {
      return false;
    }
  }

  private Offer offer(CommitStream in) {
    CommitHeader header = in.header();
    Taking taking = () -> to.accept(in, header, from.replicaId(), chunks);
    return header.origin() == from.replicaId()
        ? new Offer(header.firstSequence() - 1, header.lastSequence(), taking)
        : new Offer(0, 0, taking);
  }

  private Offer offer(Run run) {
    OriginCoverage own = own(run);
    return new Offer(
        own == null ? 0 : own.before(),
        own == null ? 0 : own.after(),
        () -> to.accept(run, from.replicaId(), chunks));
  }

  private long ownAfter(Run run) {
    OriginCoverage own = own(run);
    return own == null ? 0 : own.after();
  }

  private @Nullable OriginCoverage own(Run run) {
    for (OriginCoverage of : run.coverage()) {
      if (of.origin() == from.replicaId()) {
        return of;
      }
    }
    return null;
  }

  @Override
  public void close() {
    closed = true;
    endStream();
  }

  private void endStream() {
    if (stream != null) {
      stream.close();
      stream = null;
    }
    held = false;
  }

  /** What can be taken next, and which of the first store's own operations it holds. */
  private record Offer(long ownBefore, long ownAfter, Taking take) {}

  /** Takes it. */
  private interface Taking {
    boolean isNew();
  }
}
