package dev.tidemark.replication.session;

import java.time.Duration;

/**
 * How a session is held at this end.
 *
 * @param dialled whether this end made the connection
 * @param onDemand whether this end only takes, and only when it asks
 * @param patience how long to wait for the first frame, and for each part of a run; a connection on
 *     which nothing moves for {@value #SILENCES} times as long is given up
 * @param heartbeat after how much silence this end says that it is there
 * @param driver what moves the session on
 */
public record Terms(
    boolean dialled, boolean onDemand, Duration patience, Duration heartbeat, Driver driver) {
  private static final int SILENCES = 3;

  /** With threads of its own. */
  public Terms(boolean dialled, boolean onDemand, Duration patience, Duration heartbeat) {
    this(dialled, onDemand, patience, heartbeat, ThreadDriver.INSTANCE);
  }

  /** What a listening end does with a connection. */
  public static Terms accepted(Duration patience, Duration heartbeat) {
    return new Terms(false, false, patience, heartbeat);
  }

  /** Of a peer from which nothing comes, not even a heartbeat, for longer than this. */
  Duration silence() {
    return patience.multipliedBy(SILENCES).plus(heartbeat);
  }
}
