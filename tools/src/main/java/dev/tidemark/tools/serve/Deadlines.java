package dev.tidemark.tools.serve;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes a connection on which a request does not come in time, or is not answered in time. A bound
 * on the time that a connection is idle does not see to that: each byte begins it anew.
 */
final class Deadlines implements Connection.Listener {
  /** For the head of a request, from when it could begin; and then for its body. */
  static final long ARRIVAL_MILLIS = 15_000;

  /** For all that is waited for, and for the answer to be read. */
  private static final long ANSWER_MILLIS = Waiting.MOST_MILLIS + 30_000;

  private final Scheduler scheduler;
  private final long arrivalMillis;

  /** Of each connection that is open, when it is closed. */
  private final Map<Connection, Scheduler.Task> closings = new ConcurrentHashMap<>();

  Deadlines(Scheduler scheduler, long arrivalMillis) {
    this.scheduler = scheduler;
    this.arrivalMillis = arrivalMillis;
  }

  @Override
  public void onOpened(Connection connection) {
    closings.put(connection, closing(connection, arrivalMillis));
  }

  @Override
  public void onClosed(Connection connection) {
    Scheduler.Task closing = closings.remove(connection);
    if (closing != null) {
      closing.cancel();
    }
  }

  /** From now on the head of a request is waited for, or its body. */
  void awaitRequest(Connection connection) {
    await(connection, arrivalMillis);
  }

  /** From now on the answer is made, and then read. */
  void awaitAnswer(Connection connection) {
    await(connection, ANSWER_MILLIS);
  }

  private void await(Connection connection, long millis) {
    closings.computeIfPresent(
        connection,
        (open, before) -> {
          before.cancel();
          return closing(open, millis);
        });
  }

  private Scheduler.Task closing(Connection connection, long millis) {
    return scheduler.schedule(connection.getEndPoint()::close, millis, TimeUnit.MILLISECONDS);
  }
}
