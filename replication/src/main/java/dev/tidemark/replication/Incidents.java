package dev.tidemark.replication;

import dev.tidemark.replication.missing.LostOperation;
import dev.tidemark.replication.session.Peer;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.net.SocketAddress;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts sessions that ended and operations that are lost, and tells people of them. */
final class Incidents {
  private static final Logger LOG = LoggerFactory.getLogger(Incidents.class);

  private static final int LOST_KEYS_TOLD = 5;

  /** Of more addresses than these, the same may be told again. */
  private static final int ADDRESSES_TOLD = 256;

  /** What is no news: the network, the other end's coming and going, and strangers. */
  private static final Set<Reason> USUAL =
      EnumSet.of(
          Reason.LEAVING,
          Reason.INTEREST_CHANGED,
          Reason.LOST,
          Reason.DUPLICATE_SESSION,
          Reason.SELF,
          Reason.TIMEOUT,
          Reason.NO_CALL,
          Reason.TOO_MANY_SESSIONS);

  private final Logger log;
  private final Map<Reason, Long> ended = new EnumMap<>(Reason.class);
  private final Map<String, Set<Reason>> told =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Set<Reason>> eldest) {
          return size() > ADDRESSES_TOLD;
        }
      };
  private long operationsLost;

  Incidents() {
    this(LOG);
  }

  Incidents(Logger log) {
    this.log = log;
  }

  /** A session has ended. */
  void ended(Session session, SessionEndedException why) {
    count(why.reason());
    Peer peer = session.peer();
    // Who has dialled has another port each time.
    String at = session.isDialled() ? session.address() : host(session.address());
    if (why.reason() == Reason.SELF && !isNews(at, why.reason())) {
      return;
    }
    boolean isRefusal = !USUAL.contains(why.reason()) || why.getCause() instanceof SSLException;
    if (isRefusal && isNews(at, why.reason())) {
      log.warn(
          "session is refused, and tried again without another word: peer={}, address={},"
              + " dialled={}, reason={}, {}",
          peer == null ? "" : peer.name(),
          at,
          session.isDialled(),
          why.reason(),
          why.getMessage());
      return;
    }
    if (!isRefusal && peer != null && why.reason() != Reason.DUPLICATE_SESSION) {
      forget(at);
    }
    log.info(
        "session ended: peer={}, address={}, reason={}, {}",
        peer == null ? "" : peer.name(),
        session.address(),
        why.reason(),
        why.getMessage());
  }

  /** A call or a connection has ended before it was a session. */
  void refused(Reason reason, @Nullable SocketAddress from) {
    count(reason);
    String at = host(String.valueOf(from));
    if (!USUAL.contains(reason) && isNews(at, reason)) {
      log.warn("call is refused: address={}, reason={}", at, reason);
    }
  }

  private synchronized void count(Reason reason) {
    ended.merge(reason, 1L, Long::sum);
  }

  /** Whether nobody was told of this since there was a session with who is there. */
  private synchronized boolean isNews(String at, Reason reason) {
    return told.computeIfAbsent(at, unknown -> EnumSet.noneOf(Reason.class)).add(reason);
  }

  private synchronized void forget(String at) {
    told.remove(at);
  }

  private static String host(String address) {
    int colon = address.lastIndexOf(':');
    return colon < 0 ? address : address.substring(0, colon);
  }

  /** The store goes on without them. */
  void lost(List<LostOperation> operations) {
    synchronized (this) {
      operationsLost += operations.size();
    }
    log.warn(
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
