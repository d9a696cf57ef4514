package dev.tidemark.replication.session;

import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.Pull;
import dev.tidemark.replication.v1.WiderRequest;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import org.jspecify.annotations.Nullable;

/**
 * What the two ends have agreed on: who is there, what the peer has asked for, what this end asks
 * for. Towards the peer: {@code HELLO -> AWAITING_PULL -> SENDING}; from it: {@code AWAITING_HELLO
 * -> RECEIVING}; both end in {@code ENDED}. Thread-safe.
 */
final class Negotiation implements AutoCloseable {
  private final Signals signals;
  private Session.Outbound outbound = Session.Outbound.HELLO;
  private Session.Inbound inbound = Session.Inbound.AWAITING_HELLO;
  private @Nullable Peer peer;
  private @Nullable Sink sink;
  private @Nullable Pull asked;
  private @Nullable Long demand;
  private boolean stateAnswered;
  private @Nullable WiderRequest wider;
  private long caught;

  Negotiation(Signals signals) {
    this.signals = signals;
  }

  /** Somebody says who it is; it is not let in yet. */
  synchronized void met(Peer other) {
    peer = other;
  }

  /** It is let in: what comes from it goes there. */
  void receiveInto(Sink to) {
    synchronized (this) {
      sink = to;
      inbound = Session.Inbound.RECEIVING;
      outbound = Session.Outbound.AWAITING_PULL;
    }
    signals.raise();
  }

  private synchronized boolean isReceiving() {
    return sink != null;
  }

  synchronized Sink receiving() {
    Sink to = sink;
    if (to == null) {
      throw Problem.of("session has no peer yet").broken();
    }
    return to;
  }

  /** The peer, once it is let in; null before. */
  synchronized @Nullable Peer admitted() {
    return sink == null ? null : peer;
  }

  /** The peer asks for what it lacks: once for good, or again when it has got it. */
  void asked(Pull pull) {
    synchronized (this) {
      if (asked != null || (outbound == Session.Outbound.SENDING && !pull.getOnce())) {
        throw new SessionEndedException(
            Reason.UNEXPECTED_FRAME, Problem.of("peer asks before it has got what it asked for"));
      }
      asked = pull;
    }
    signals.raise();
  }

  /** What the peer has asked for, once. */
  synchronized @Nullable Pull takePull() {
    Pull pull = asked;
    asked = null;
    outbound = pull == null ? outbound : Session.Outbound.SENDING;
    return pull;
  }

  /** What this end is to ask for, once. */
  synchronized @Nullable Long takeDemand() {
    Long until = demand;
    demand = null;
    return until;
  }

  /** The peer is ready for this store's state. */
  void stateAnswered() {
    synchronized (this) {
      if (stateAnswered) {
        throw new SessionEndedException(
            Reason.UNEXPECTED_FRAME, Problem.of("peer answers an offer that was not made"));
      }
      stateAnswered = true;
    }
    signals.raise();
  }

  /** The peer asks for keys that it is to hold; not before it has an answer to what it asked. */
  void askedWider(WiderRequest request) {
    synchronized (this) {
      if (wider != null) {
        throw new SessionEndedException(
            Reason.UNEXPECTED_FRAME, Problem.of("peer asks before it has got what it asked for"));
      }
      wider = request;
    }
    signals.raise();
  }

  /** What the peer has asked for of keys, and has no answer to; null for nothing. */
  synchronized @Nullable WiderRequest wider() {
    return wider;
  }

  /** It has an answer. */
  synchronized void widerAnswered() {
    wider = null;
  }

  /** Whether the peer is ready for this store's state, once. */
  synchronized boolean takeStateAnswer() {
    boolean answered = stateAnswered;
    stateAnswered = false;
    return answered;
  }

  /** All came that was asked for. */
  void caught() {
    synchronized (this) {
      caught++;
    }
    signals.raise();
  }

  /** Asks for what the peer has up to its own operation, and waits until it came. */
  Sink demand(long until) {
    signals.await(this::isReceiving);
    long before;
    synchronized (this) {
      before = caught;
      demand = until;
    }
    signals.raise();
    signals.await(() -> hasCaught(before));
    return receiving();
  }

  private synchronized boolean hasCaught(long before) {
    return caught != before;
  }

  /** It is over. */
  @Override
  public synchronized void close() {
    outbound = Session.Outbound.ENDED;
    inbound = Session.Inbound.ENDED;
    if (sink != null) {
      sink.close();
    }
  }

  synchronized @Nullable Peer peer() {
    return peer;
  }

  synchronized Session.Outbound outbound() {
    return outbound;
  }

  synchronized Session.Inbound inbound() {
    return inbound;
  }

  /** How many commits and runs from the peer were new here. */
  synchronized long received() {
    return sink == null ? 0 : sink.operations();
  }
}
