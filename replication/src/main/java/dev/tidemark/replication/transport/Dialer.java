package dev.tidemark.replication.transport;

import dev.tidemark.replication.session.Peer;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Keeps a session with the peer at one address: dials, and dials again when it has ended. */
public final class Dialer implements AutoCloseable {
  private final InetSocketAddress address;
  private final Sessions sessions;
  private final LongPredicate connected;
  private final ScheduledExecutorService timer;
  private final ClientChannel channel;
  private final Backoff backoff;
  private volatile long peer;
  private volatile @Nullable Session current;
  private @Nullable Future<?> waiting;

  /** Which try is due: one that was put forward as it began may not be a second one. */
  private long turn;

  private boolean woken;
  private boolean closed;
  private volatile @Nullable Reason last;
  private volatile @Nullable Failure failure;

  /**
   * Why a try or session ended.
   *
   * @param atMillis when
   */
  public record Failure(SessionEndedException why, long atMillis) {}

  /**
   * A dialer that does not dial yet.
   *
   * @param connected whether there is a session with a replica
   * @param timer waits between two tries
   */
  public Dialer(
      InetSocketAddress address,
      Credentials credentials,
      Sessions sessions,
      LongPredicate connected,
      ScheduledExecutorService timer,
      Duration firstWait,
      Duration longestWait) {
    this.address = address;
    this.sessions = sessions;
    this.connected = connected;
    this.timer = timer;
    this.backoff = new Backoff(firstWait, longestWait);
    this.channel = new ClientChannel(address, credentials);
  }

  /** Dials for the first time. */
  public void dial() {
    dial(0);
  }

  private void dial(long which) {
    synchronized (this) {
      if (closed || which != turn) {
        return;
      }
      waiting = null;
      woken = false;
    }
    if (peer != 0 && connected.test(peer)) {
      // The peer has dialled us.
      dialLater();
      return;
    }
    try {
      current = channel.dial(sessions, this::ended);
    } catch (SessionEndedException e) {
      last = e.reason();
      failure = new Failure(e, System.currentTimeMillis());
      dialLater();
    } catch (IllegalStateException storeClosed) {
      last = Reason.LOCAL_FAILURE;
    }
  }

  private void ended(Session session) {
    SessionEndedException why = session.ended();
    Peer with = session.peer();
    last = why == null ? null : why.reason();
    if (why != null && last != Reason.DUPLICATE_SESSION) {
      failure = new Failure(why, System.currentTimeMillis());
    }
    if (with != null) {
      peer = with.replicaId();
      if (last == Reason.LOST || last == Reason.LEAVING || last == Reason.INTEREST_CHANGED) {
        backoff.reset();
      }
    }
    dialLater();
  }

  private synchronized void dialLater() {
    long millis = backoff.next();
    dialAfter(woken ? 0 : millis);
  }

  private synchronized void dialAfter(long millis) {
    long next = ++turn;
    try {
      waiting = timer.schedule(() -> dial(next), millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closing) {
      // Nobody is dialled any more.
    }
  }

  /**
   * The next try need not wait: somebody has dialled this end, and may be who is at the address.
   * Nothing else tells who is, and until it is known that one counts for no level.
   */
  public synchronized void wake() {
    Future<?> next = waiting;
    if (next == null) {
      woken = true;
    } else if (next.cancel(false)) {
      dialAfter(0);
    }
  }

  /** Why the last session with it ended; null if none did. */
  public @Nullable Reason last() {
    return last;
  }

  /** Why it has no session that it has dialled; null if it had none before. */
  public @Nullable Failure failure() {
    return failure;
  }

  /** The replica that was last met at the address; 0 if none was. */
  public long peer() {
    Session session = current;
    Peer with = session == null ? null : session.peer();
    return with == null ? peer : with.replicaId();
  }

  /** The address that is dialled. */
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    channel.close();
  }
}
