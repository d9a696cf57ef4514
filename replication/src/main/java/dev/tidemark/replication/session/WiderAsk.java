package dev.tidemark.replication.session;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.WiderRequest;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one session does for a store that is to hold more keys than it does: it asks its peer for
 * those of them that this holds. One session of a store does at a time, and until it has an answer
 * the others take no more than the peer had seen: with that the store would have seen more than the
 * one that gives it the keys. Where it comes to nothing the others go on for a while, before it is
 * tried again, first by another session. Thread-safe.
 */
final class WiderAsk implements AutoCloseable {
  private final Tidemark store;
  private final Peer peer;
  private final WiderTurn turn;
  private final Signals signals;
  private Interest considered = Interest.NONE;
  private Interest lacking = Interest.NONE;
  private @Nullable Interest asked;
  private boolean refused;
  private long againNanos;
  private long momentsLookedAt;

  WiderAsk(Tidemark store, Peer peer, WiderTurn turn, Signals signals) {
    this.store = store;
    this.peer = peer;
    this.turn = turn;
    this.signals = signals;
  }

  /** What to ask now; null for nothing. */
  synchronized @Nullable WiderRequest next() {
    Interest held = store.interest();
    Interest keys = peer.isAbleToWiden() ? lacking(held) : Interest.NONE;
    boolean may = asked == null && !isPausing();
    if (keys.equals(Interest.NONE) || !may || !turn.take(signals)) {
      return null;
    }
    asked = keys;
    return WiderRequest.newBuilder()
        .setInterest(Frames.bytes(keys))
        .setHeld(Frames.bytes(held))
        .setVector(Frames.bytes(store.vector()))
        .build();
  }

  /** What both ends hold is the same as long as the session goes on. */
  private Interest lacking(Interest held) {
    Interest wanted = store.wanted();
    if (!wanted.equals(considered)) {
      considered = wanted;
      lacking = held.lacking(wanted, peer.interest());
    }
    return lacking;
  }

  private boolean isPausing() {
    refused = refused && signals.nanos() - againNanos < 0;
    return refused;
  }

  /** Whether what the peer sends has to wait, since another session is asking. */
  synchronized boolean isHeldOff() {
    return turn.isAnothers(signals) && turn.moments() == momentsLookedAt;
  }

  /**
   * Takes what the peer sends, unless another session is asking; whether it did.
   *
   * @param taking what is new, as far as it is {@linkplain #admits admitted}; whether it was
   */
  boolean take(BooleanSupplier taking) {
    synchronized (this) {
      momentsLookedAt = turn.moments();
    }
    return takeBeside(taking);
  }

  /** The same of what did not come in the peer's order, beside whoever takes that. */
  boolean takeBeside(BooleanSupplier taking) {
    if (!turn.enter(signals)) {
      return false;
    }
    try {
      return taking.getAsBoolean();
    } finally {
      turn.leave(signals);
    }
  }

  /** Whether what makes the store see so much may be taken now. */
  boolean admits(VersionVector seen) {
    return turn.admits(signals, seen);
  }

  /** The peer gives the keys as they are when so much is seen. */
  void moment(VersionVector seen) {
    answered();
    turn.moment(signals, seen);
  }

  /** The keys that the peer begins to send, which were asked for. */
  synchronized Interest answered() {
    Interest keys = asked;
    if (keys == null) {
      throw new SessionEndedException(
          Reason.UNEXPECTED_FRAME, Problem.of("peer sends keys that were not asked for"));
    }
    return keys;
  }

  /** The peer cannot give them now, or they were of no use: another session may try before. */
  void refused() {
    answered();
    long pause = turn.refused(signals);
    synchronized (this) {
      asked = null;
      refused = true;
      againNanos = signals.nanos() + 2 * pause;
    }
  }

  /** Some of them have come. */
  void brought(long bytes) {
    turn.brought(signals, bytes);
  }

  /** They are in. */
  void got() {
    synchronized (this) {
      asked = null;
    }
    turn.got(signals);
  }

  @Override
  public void close() {
    turn.release(signals);
  }
}
