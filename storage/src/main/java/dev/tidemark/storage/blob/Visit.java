package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.error.Problem;

/**
 * A span of time in which somebody may hold large values: has written them and not yet logged what
 * refers to them, has read a reference and not yet the value, or is handing them over. It begins
 * before the reference is read, and before the first chunk is written. What is held within it is
 * not swept, however long it takes.
 *
 * <p>It ends when it is closed and all streams are that were opened in it: {@code try (Visit visit
 * = store.visit()) { return visit.read(lookUp()); }} gives a stream that holds what it needs. For
 * any number of threads; a stream is for one.
 */
public final class Visit implements AutoCloseable {
  private final BlobStore store;
  private final Visits visits;
  private final long number;
  private int holders = 1;
  private boolean closed;

  Visit(BlobStore store, Visits visits) {
    this.store = store;
    this.visits = visits;
    this.number = visits.begin();
  }

  /** Begins a value. */
  public BlobOutput write() {
    enter();
    return new BlobOutput(this, store.writer());
  }

  /** Opens a value; whether its chunks are here shows when it is read. */
  public BlobInput read(LargeValue value) {
    enter();
    return new BlobInput(this, value, store.tree(value));
  }

  /**
   * Says that something is about to be logged that refers to a value which was not written in this
   * visit, and whose chunks are here.
   */
  public void refer(LargeValue value) {
    requireOpen();
    store.refer(value);
  }

  /**
   * Copies the chunks of a value that are not here. What was copied stays when it fails, so that
   * the next call goes on from there; it survives a power loss once this returns.
   *
   * @return what was copied
   * @throws dev.tidemark.error.MissingDataException if the source has not all of them either
   * @throws dev.tidemark.error.DamagedException if what it gives is not what was asked for
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room
   */
  public Fetched fetch(LargeValue value, BlobSource source) {
    return fetch(value, source, false);
  }

  /** The same; chunks that are here are verified, and those that are damaged replaced. */
  public Fetched mend(LargeValue value, BlobSource source) {
    return fetch(value, source, true);
  }

  private Fetched fetch(LargeValue value, BlobSource source, boolean verified) {
    enter();
    try (ChunkWriter writer = store.writer()) {
      return new Fetch(store.tree(value), source, writer, verified).run();
    } finally {
      leave();
    }
  }

  /** A stream is opened. */
  private synchronized void enter() {
    requireOpen();
    holders++;
  }

  /** A stream, or the visit itself, is closed. */
  synchronized void leave() {
    holders--;
    if (holders == 0) {
      visits.end(number);
    }
  }

  synchronized void requireOpen() {
    store.requireOpen();
    if (holders == 0) {
      throw Problem.of("visit of the blob store is over").illegalState();
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      leave();
    }
  }
}
