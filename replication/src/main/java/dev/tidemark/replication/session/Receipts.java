package dev.tidemark.replication.session;

import dev.tidemark.SyncWatch;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.replication.v1.Ack;
import dev.tidemark.replication.wire.Frames;
import org.jspecify.annotations.Nullable;

/**
 * What a peer is told of what survives here: what it has sent, or knows to be here. Thread-safe.
 */
final class Receipts {
  private final Tidemark store;
  private final SyncWatch syncs;
  private @Nullable Taken oldest;
  private @Nullable Taken newest;

  /** What this store had seen when it had the sender's log up to a position. */
  private record Taken(VersionVector seen, long ownPosition, long theirPosition) {}

  /** What survives. */
  record Receipt(Ack ack, long theirPosition, VersionVector seen) {}

  Receipts(Tidemark store, SyncWatch syncs) {
    this.store = store;
    this.syncs = syncs;
  }

  /**
   * Something was taken from the peer, or it is told what was seen.
   *
   * @param theirPosition up to where in its log; 0 if that is not known
   */
  void note(long theirPosition) {
    synchronized (this) {
      // In this order: what is seen is logged at or below the position. And under the lock: of two
      // threads that note something the later one has seen more.
      VersionVector seen = store.vector();
      long reached = newest == null ? 0 : newest.theirPosition();
      if (newest != null && theirPosition <= reached && seen.equals(newest.seen())) {
        // Noted before.
        return;
      }
      Taken now = new Taken(seen, syncs.appendedPosition(), Math.max(theirPosition, reached));
      // Kept until it survives: behind the newest there is always something that does not yet.
      oldest = oldest == null ? now : oldest;
      newest = now;
    }
  }

  /** What survives now and was not acknowledged yet; null if nothing. */
  synchronized @Nullable Receipt next() {
    Taken first = oldest;
    Taken last = newest;
    if (first == null || last == null || !survives(first)) {
      return null;
    }
    boolean all = survives(last);
    VersionVector seen = all ? last.seen() : first.seen();
    long position = Math.max(first.theirPosition(), all ? last.theirPosition() : 0);
    oldest = all ? null : last;
    Ack ack = Ack.newBuilder().setVector(Frames.bytes(seen)).setPosition(position).build();
    return new Receipt(ack, position, seen);
  }

  private boolean survives(Taken taken) {
    return syncs.syncedPosition() >= taken.ownPosition();
  }
}
