package dev.tidemark.replication.session;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.replication.wire.Frames;
import org.jspecify.annotations.Nullable;

/** How far a peer is, as far as it has told, and how far this store is from that. Thread-safe. */
final class PeerProgress {
  private final Tidemark store;
  private final Driver driver;
  private final Lag lag = new Lag();
  private VersionVector durable = VersionVector.EMPTY;
  private VersionVector seen = VersionVector.EMPTY;
  private @Nullable VersionVector awaited;
  private long awaitedSinceNanos;
  private long clockAheadMillis;

  PeerProgress(Tidemark store, Driver driver) {
    this.store = store;
    this.driver = driver;
  }

  /** The peer has seen so much. */
  synchronized void heard(VersionVector vector) {
    seen = Frames.join(seen, vector);
  }

  /** The same, and what its clock shows. */
  synchronized void heard(VersionVector vector, long millis) {
    heard(vector);
    clockAheadMillis = millis - driver.millis();
  }

  /** The peer sends nothing more before this store has seen so much. */
  synchronized void awaits(VersionVector vector) {
    awaited = vector;
    awaitedSinceNanos = driver.nanos();
  }

  /** What the peer has been waiting for that this store has not seen, for so long at least. */
  synchronized VersionVector awaited(long nanos) {
    VersionVector of = awaited;
    boolean isOld = of != null && driver.nanos() - awaitedSinceNanos >= nanos;
    return of == null || !isOld || store.vector().dominates(of) ? VersionVector.EMPTY : of;
  }

  /** Whether it has seen what the peer waits for, to be told to it once. */
  synchronized boolean takeSeen() {
    boolean seenNow = awaited != null && store.vector().dominates(awaited);
    awaited = seenNow ? null : awaited;
    return seenNow;
  }

  /** So much survives at the peer. */
  synchronized void acknowledged(VersionVector survives) {
    durable = Frames.join(durable, survives);
    seen = Frames.join(seen, durable);
    lag.reached(durable);
  }

  /** Looks how far this store is, from time to time. */
  void note() {
    long now = driver.nanos();
    if (lag.isDue(now)) {
      lag.note(now, store.vector(), durable());
    }
  }

  synchronized VersionVector durable() {
    return durable;
  }

  synchronized VersionVector seen() {
    return seen;
  }

  synchronized long clockAheadMillis() {
    return clockAheadMillis;
  }

  long lagMillis() {
    return lag.millis(driver.nanos());
  }

  long lagOperations() {
    return Lag.operations(store.vector(), durable());
  }

  long behindOperations() {
    return Lag.operations(seen(), store.vector());
  }
}
