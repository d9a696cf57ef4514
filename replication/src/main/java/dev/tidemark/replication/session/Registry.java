package dev.tidemark.replication.session;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.repair.RepairCounters;
import dev.tidemark.replication.v1.Members;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.handover.PeerLogs;
import dev.tidemark.storage.handover.ReplicaNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one replicator: a bounded number, one for each peer. Where both ends have dialled
 * each other, both keep the session that the end with the lower replica id has dialled.
 */
public final class Registry {
  private final long self;
  private final int most;
  private final Set<Session> open = new LinkedHashSet<>();
  private final Map<Long, Session> byReplica = new HashMap<>();
  private final PeerLogs logs;
  private final Changes changes = new Changes();
  private final RepairCounters repairs = new RepairCounters();
  private final Leftovers<IncomingRun> cutRuns;
  private final Leftovers<Source> heldStates;
  private final StateTurn stateTurn = new StateTurn();
  private final WiderTurn widerTurn = new WiderTurn();
  private final ReplicaNames names;
  private final Owners owners;
  private volatile Consumer<Members> members = told -> {};
  private volatile LongConsumer admitted = replica -> {};
  private boolean closed;

  /**
   * A registry for a replica and at most so many sessions.
   *
   * @param nanos the time, as {@link System#nanoTime} has it
   */
  public Registry(long self, int most, PeerLogs logs, ReplicaNames names, LongSupplier nanos) {
    this.self = self;
    this.most = most;
    this.logs = logs;
    this.names = names;
    this.owners = new Owners(names);
    this.cutRuns = new Leftovers<>(nanos);
    this.heldStates = new Leftovers<>(nanos);
  }

  /** Counts a session, and starts it before anybody can wait for its end. */
  synchronized void begin(Session session, Runnable start) {
    if (closed) {
      throw new SessionEndedException(Reason.LEAVING, Problem.of("replicator is closed"));
    }
    if (open.size() >= most) {
      throw new SessionEndedException(
          Reason.TOO_MANY_SESSIONS, Problem.of("too many sessions").with("limit", most));
    }
    open.add(session);
    start.run();
  }

  /** Lets a peer in whose handshake is done, or refuses it for another session with it. */
  void admit(Session session, Peer peer, Set<String> certifiedNames) {
    owners.require(peer, certifiedNames);
    if (session.isOnDemand() || peer.onDemand()) {
      // It takes the place of none: there may be one in each direction, and a lasting one.
      return;
    }
    Session superseded = replace(session, peer);
    if (superseded != null) {
      superseded.end(
          new SessionEndedException(
              Reason.DUPLICATE_SESSION, Problem.of("another session with the peer goes on")));
    }
    admitted.accept(peer.replicaId());
  }

  private synchronized @Nullable Session replace(Session session, Peer peer) {
    Session other = byReplica.get(peer.replicaId());
    if (other != null && !other.isEnded()) {
      Peer known = other.peer();
      if (known != null && known.instance() != peer.instance()) {
        throw new SessionEndedException(
            Reason.DUPLICATE_REPLICA,
            Problem.of("another store of the peer's replica id is connected")
                .with("replica", ReplicaId.format(peer.replicaId()))
                .with("name", peer.name())
                .advise("one of them is a copy: give it a new replica id"));
      }
      boolean oursCounts = Long.compareUnsigned(self, peer.replicaId()) < 0;
      boolean better =
          other.isDialled() != session.isDialled() && session.isDialled() == oursCounts;
      if (!better) {
        // Also for a peer under two addresses: one that replaced the other would go on for ever.
        throw new SessionEndedException(
            Reason.DUPLICATE_SESSION, Problem.of("another session with the peer goes on"));
      }
    }
    byReplica.put(peer.replicaId(), session);
    return other;
  }

  /** Who is to be told what peers say of members. */
  public void onMembers(Consumer<Members> listener) {
    members = listener;
  }

  /** Who is to be told which replica was let in; must not wait. */
  public void onAdmitted(LongConsumer listener) {
    admitted = listener;
  }

  void members(Members told) {
    members.accept(told);
  }

  /** What comparisons with peers came to. */
  public RepairCounters repairs() {
    return repairs;
  }

  /** What came of runs before they were cut off. */
  Leftovers<IncomingRun> cutRuns() {
    return cutRuns;
  }

  /** States in whose middle sending was cut off, each as it was when it began. */
  Leftovers<Source> heldStates() {
    return heldStates;
  }

  /** Whose state is taken. */
  StateTurn stateTurn() {
    return stateTurn;
  }

  /** Who asks for keys that the store is to hold and does not. */
  WiderTurn widerTurn() {
    return widerTurn;
  }

  /** The store holds other keys than it did: its sessions begin anew. */
  void interestChanged() {
    sessions().forEach(Session::requireInterest);
  }

  /** How many whole states of peers were taken. */
  public long statesTaken() {
    return stateTurn.states();
  }

  /**
   * Lets go of what nobody goes on with, and saves what was read and who was met; to be called from
   * time to time.
   */
  public void expire() {
    cutRuns.expire();
    heldStates.expire();
    logs.save();
    names.save();
  }

  /** Whether a session with a replica goes on. */
  public synchronized boolean isConnected(long replicaId) {
    return byReplica.containsKey(replicaId);
  }

  /** Up to where the logs of peers were read. */
  PeerLogs logs() {
    return logs;
  }

  synchronized void remove(Session session) {
    open.remove(session);
    Peer peer = session.peer();
    if (peer != null) {
      byReplica.remove(peer.replicaId(), session);
    }
  }

  /** The sessions that are open. */
  public synchronized List<Session> sessions() {
    return new ArrayList<>(open);
  }

  /** The lasting sessions whose handshake is done: one for each peer. */
  public synchronized List<Session> admitted() {
    return new ArrayList<>(byReplica.values());
  }

  /** Tells when something was taken from a peer, or acknowledged or answered by one. */
  public Changes changes() {
    return changes;
  }

  /** Ends all sessions and lets none begin. */
  public void close() {
    synchronized (this) {
      closed = true;
    }
    for (Session session : sessions()) {
      session.end(new SessionEndedException(Reason.LEAVING, Problem.of("replicator is closed")));
    }
    sessions().forEach(Session::join);
    cutRuns.close();
    heldStates.close();
    logs.save();
    names.save();
    changes.close();
  }
}
