package dev.tidemark.replication.transport;

import dev.tidemark.replication.session.Link;
import dev.tidemark.replication.session.Session;
import java.util.function.Consumer;

/** Makes sessions over links. */
@FunctionalInterface
public interface Sessions {
  /**
   * A session that is not started yet.
   *
   * @param dialled whether this end made the connection
   * @param atEnd is told once when it has ended
   */
  Session over(Link link, boolean dialled, Consumer<Session> atEnd);
}
