package dev.tidemark.replication.session;

import dev.tidemark.SyncWatch;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.replication.v1.Ack;
import dev.tidemark.replication.wire.Frames;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a peer is told of what survives here. A peer that does not hold all that this store does
 * waits, where it lacks something, until this has it from others: so it is told of that too, and
 * soon, whatever else is sent to it. Thread-safe.
 */
final class Receipts {
  /** How often a peer is told what came from others. */
  private static final long TELL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Tidemark store;
  private final SyncWatch syncs;
  private final Signals signals;
  private final boolean waits;
  private @Nullable Taken oldest;
  private @Nullable Taken newest;
  private VersionVector told = VersionVector.EMPTY;
  private long notedNanos;

  /** What this store had seen when it had the sender's log up to a position. */
  private record Taken(VersionVector seen, long ownPosition, long theirPosition) {}

  /** What survives. */
  record Receipt(Ack ack, long theirPosition, VersionVector seen) {}

  Receipts(Tidemark store, SyncWatch syncs, Peer peer, Signals signals) {
    this.store = store;
    this.syncs = syncs;
    this.signals = signals;
    this.waits = !peer.interest().covers(store.interest());
  }

  /**
   * Something was taken from the peer.
   *
   * @param theirPosition up to where in its log; 0 if that is not known
   */
  void note(long theirPosition) {
    // In this order: what is seen is logged at or below the position.
    VersionVector seen = store.vector();
    Taken now = new Taken(seen, syncs.appendedPosition(), theirPosition);
    synchronized (this) {
      // Kept until it survives: behind the newest there is always something that does not yet.
      oldest = oldest == null ? now : oldest;
      newest = now;
      notedNanos = signals.nanos();
    }
  }

  /** What survives now and was not acknowledged yet; null if nothing. */
  @Nullable Receipt next() {
    if (waits && isDue() && isNews()) {
      note(0);
    }
    return durable();
  }

  private synchronized boolean isDue() {
    return oldest == null && signals.nanos() - notedNanos >= TELL_NANOS;
  }

  private synchronized boolean isNews() {
    return !told.dominates(store.vector().without(store.replicaId()));
  }

  private synchronized @Nullable Receipt durable() {
    Taken first = oldest;
    Taken last = newest;
    if (first == null || last == null || !survives(first)) {
      return null;
    }
    boolean all = survives(last);
    VersionVector seen = all ? last.seen() : first.seen();
    long position = Math.max(first.theirPosition(), all ? last.theirPosition() : 0);
    oldest = all ? null : last;
    told = seen;
    Ack ack = Ack.newBuilder().setVector(Frames.bytes(seen)).setPosition(position).build();
    return new Receipt(ack, position, seen);
  }

  private boolean survives(Taken taken) {
    return syncs.syncedPosition() >= taken.ownPosition();
  }
}
