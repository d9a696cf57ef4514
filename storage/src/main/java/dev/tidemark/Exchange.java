package dev.tidemark;

import dev.tidemark.engine.commit.CommitHeader;

/**
 * One direction of an exchange between two stores of one process: what the first has logged and the
 * second lacks. It remembers how far it read, so that each pull costs what is new. For one thread
 * at a time.
 */
public final class Exchange implements AutoCloseable {
  private final Tidemark from;
  private final Tidemark to;
  private final CommitStream stream;
  private boolean held;
  private long reached;

  /** An exchange that begins at the start of the first store's log. */
  public Exchange(Tidemark from, Tidemark to) {
    this.from = from;
    this.to = to;
    this.stream = from.commits(from.status().firstPosition());
  }

  /** Hands over all that is logged; gives how many commits were new. */
  public long pull() {
    return pullUntil(Long.MAX_VALUE);
  }

  /**
   * Hands over the first store's log up to and with its own operation of that sequence: what it had
   * seen when it made it.
   *
   * @return how many commits were new
   */
  public long pullUntil(long ownSequence) {
    long received = 0;
    boolean synced = false;
    // What follows an operation in the log was not seen when it was made.
    while (reached < ownSequence) {
      if (!held && !stream.next()) {
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
      CommitHeader header = stream.header();
      boolean own = header.origin() == from.replicaId();
      if (own && header.firstSequence() > ownSequence) {
        break;
      }
      if (to.accept(stream, header, from.replicaId())) {
        received++;
      }
      held = false;
      if (own) {
        reached = header.lastSequence();
      }
    }
    return received;
  }

  @Override
  public void close() {
    stream.close();
  }
}
