package dev.tidemark.replication;

import dev.tidemark.replication.missing.LostOperation;
import dev.tidemark.replication.session.Peer;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts sessions that ended and operations that are lost, and tells people of them. */
final class Incidents {
  private static final Logger LOG = LoggerFactory.getLogger(Incidents.class);

  private static final int LOST_KEYS_TOLD = 5;

  private final Map<Reason, Long> ended = new EnumMap<>(Reason.class);
  private long operationsLost;

  /** A session has ended. */
  void ended(Session session, SessionEndedException why) {
    count(why.reason());
    Peer peer = session.peer();
    LOG.info(
        "session ended: peer={}, address={}, reason={}, {}",
        peer == null ? "" : peer.name(),
        session.address(),
        why.reason(),
        why.getMessage());
  }

  /** A call or a connection has ended before it was a session. */
  synchronized void count(Reason reason) {
    ended.merge(reason, 1L, Long::sum);
  }

  /** The store goes on without them. */
  void lost(List<LostOperation> operations) {
    synchronized (this) {
      operationsLost += operations.size();
    }
    LOG.warn(
        "operations are lost with their maker: operations={}, first={}, last={}, keys={}",
        operations.size(),
        operations.get(0).dot(),
        operations.get(operations.size() - 1).dot(),
        operations.stream().map(LostOperation::key).distinct().limit(LOST_KEYS_TOLD).toList());
  }

  /** How many sessions and calls ended, for which reason. */
  synchronized Map<Reason, Long> ended() {
    return Map.copyOf(ended);
  }

  /** How many operations are lost. */
  synchronized long operationsLost() {
    return operationsLost;
  }
}
