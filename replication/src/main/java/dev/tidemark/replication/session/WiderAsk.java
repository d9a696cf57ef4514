package dev.tidemark.replication.session;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.WiderRequest;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import org.jspecify.annotations.Nullable;

/**
 * What one session does for a store that is to hold more keys than it does: it asks its peer for
 * those, if that holds all of them. One session of a store does at a time, and until it has an
 * answer the others take nothing: with what they bring the store would have seen more than the one
 * that gives it the keys. Where that comes to nothing the others go on for a while, before it is
 * tried again, maybe by another session. Thread-safe.
 */
final class WiderAsk implements AutoCloseable {
  private final Tidemark store;
  private final Peer peer;
  private final WiderTurn turn;
  private final Signals signals;
  private @Nullable Interest asked;

  WiderAsk(Tidemark store, Peer peer, WiderTurn turn, Signals signals) {
    this.store = store;
    this.peer = peer;
    this.turn = turn;
    this.signals = signals;
  }

  /** What to ask now; null for nothing. */
  synchronized @Nullable WiderRequest next() {
    Interest held = store.interest();
    Interest wanted = store.wanted();
    boolean able = asked == null && peer.isAbleToWiden() && peer.interest().covers(wanted);
    if (held.equals(wanted) || !able || !turn.take(signals)) {
      return null;
    }
    asked = wanted;
    return WiderRequest.newBuilder()
        .setInterest(Frames.bytes(wanted))
        .setHeld(Frames.bytes(held))
        .setVector(Frames.bytes(store.vector()))
        .build();
  }

  /** Whether what the peer sends has to wait, since another session is asking. */
  boolean isHeldOff() {
    return turn.isAnothers(signals);
  }

  /**
   * Takes what the peer sends, unless another session is asking; whether it did.
   *
   * @param taking what is new
   */
  boolean take(Runnable taking) {
    if (!turn.enter(signals)) {
      return false;
    }
    try {
      taking.run();
    } finally {
      turn.leave(signals);
    }
    return true;
  }

  /** The keys that the peer begins to send were asked for; all that the store is to hold. */
  synchronized Interest answered() {
    Interest wanted = asked;
    if (wanted == null) {
      throw new SessionEndedException(
          Reason.UNEXPECTED_FRAME, Problem.of("peer sends keys that were not asked for"));
    }
    return wanted;
  }

  /** The peer cannot give them now. */
  void refused() {
    answered();
    over();
  }

  /** Some of them have come. */
  void brought(long bytes) {
    turn.brought(signals, bytes);
  }

  /** They are in, or they were of no use. */
  void over() {
    synchronized (this) {
      asked = null;
    }
    turn.over(signals);
  }

  @Override
  public void close() {
    turn.release(signals);
  }
}
