package dev.tidemark.replication.transport;

import dev.tidemark.replication.wire.Reason;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Is told of connections and calls that do not become a session; must not wait. */
@FunctionalInterface
public interface Refusals {
  /**
   * One was refused.
   *
   * @param from the other end's address; null if it has gone already
   */
  void refused(Reason reason, @Nullable SocketAddress from);
}
