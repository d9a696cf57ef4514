package dev.tidemark.replication.transport;

import dev.tidemark.replication.session.Session;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sessions whose peer has not said yet who it is: of one address a bounded number, so that one that
 * begins many and says nothing leaves room for others.
 */
final class Ungreeted {
  private final int mostOfAddress;
  private final Map<Object, List<Session>> byAddress = new HashMap<>();

  Ungreeted(int mostOfAddress) {
    this.mostOfAddress = mostOfAddress;
  }

  /** Begins another, if it may; null if not. */
  synchronized @Nullable Session begin(@Nullable SocketAddress remote, Supplier<Session> next) {
    if (!hasRoom(remote)) {
      return null;
    }
    Session session = next.get();
    byAddress.computeIfAbsent(host(remote), none -> new ArrayList<>()).add(session);
    return session;
  }

  private boolean hasRoom(@Nullable SocketAddress remote) {
    byAddress.values().forEach(sessions -> sessions.removeIf(Ungreeted::isOver));
    byAddress.values().removeIf(List::isEmpty);
    return byAddress.getOrDefault(host(remote), List.of()).size() < mostOfAddress;
  }

  private static boolean isOver(Session session) {
    return session.inbound() != Session.Inbound.AWAITING_HELLO || session.ended() != null;
  }

  private static Object host(@Nullable SocketAddress remote) {
    return remote instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress()
        : "unknown";
  }
}
