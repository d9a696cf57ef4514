package dev.tidemark.replication.repair;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.RepairEnd;
import dev.tidemark.replication.v1.RepairMoment;
import dev.tidemark.replication.v1.RepairReply;
import dev.tidemark.replication.v1.RepairRequest;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.core.RepairReport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The repair of one session. Whoever compares itself asks, the other answers; each mends only
 * itself. There is one request under way in each direction at a time, so what waits to be sent is
 * bounded, and data go on meanwhile. A thread of its own answers, from the first request on.
 */
public final class RepairChannel implements AutoCloseable {
  private static final int KEYS_PER_REST = 1_000;
  private static final long REST_NANOS = 1_000_000;
  private static final int TRIES = 12;
  private static final long FIRST_WAIT_MILLIS = 5;
  private static final long LONGEST_WAIT_MILLIS = 500;

  /** A peer that has this store compare itself again and again gets a tenth of the time for it. */
  private static final int RESTS_PER_MENDING = 9;

  /** In one comparison: so often the patience, and so often what this end took, is waited. */
  private static final int PATIENCES = 60;

  private static final int WAITS_PER_WORK = 10;

  private final Tidemark store;
  private final Duration patience;
  private final RepairCounters counters;
  private final Runnable onOutgoing;
  private final Consumer<SessionEndedException> end;
  private final Deque<Frame.Builder> outgoing = new ArrayDeque<>();
  private final Object turn = new Object();
  private long deadline;
  private @Nullable RepairRequest request;
  private boolean answering;
  private @Nullable RepairReply reply;
  private long asked;
  private long begunNanos;
  private long waitedNanos;
  private long restedNanos = System.nanoTime();
  private @Nullable Thread server;
  private volatile long peer;
  private volatile Interest theirInterest = Interest.ALL;
  private volatile boolean closed;

  /**
   * A channel on which nothing was said yet.
   *
   * @param patience how long to wait for an answer, beyond which the peer is thought to do without
   * @param onOutgoing is told that there is something to {@linkplain #poll send}
   * @param end ends the session
   */
  public RepairChannel(
      Tidemark store,
      Duration patience,
      RepairCounters counters,
      Runnable onOutgoing,
      Consumer<SessionEndedException> end) {
    this.store = store;
    this.patience = patience;
    this.counters = counters;
    this.onOutgoing = onOutgoing;
    this.end = end;
  }

  /** Who is at the other end, and which keys it holds. */
  public void peer(long replicaId, Interest interest) {
    peer = replicaId;
    theirInterest = interest;
  }

  /** The peer asks something. */
  public synchronized void onRequest(RepairRequest asking) {
    if (request != null || answering) {
      throw new SessionEndedException(
          Reason.UNEXPECTED_FRAME, Problem.of("repair is asked for before an answer"));
    }
    request = asking;
    if (server == null && !closed) {
      Thread thread = new Thread(this::serve, "tidemark-replication-repair-server");
      thread.setDaemon(true);
      server = thread;
      thread.start();
    }
    notifyAll();
  }

  /** The peer answers. */
  public synchronized void onReply(RepairReply answer) {
    if (answer.getId() == asked) {
      reply = answer;
      notifyAll();
    }
  }

  /** What is to be sent next, or null. */
  public synchronized Frame.@Nullable Builder poll() {
    Frame.Builder next = outgoing.poll();
    if (next != null && next.hasRepairReply()) {
      // Not before: who asks and does not read would have its answers gathered here.
      answering = false;
    }
    return next;
  }

  private void send(Frame.Builder frame) {
    synchronized (this) {
      outgoing.add(frame);
    }
    onOutgoing.run();
  }

  private void serve() {
    try (MomentServer moments = new MomentServer(store, theirInterest, pace(), System::nanoTime)) {
      boolean compared = false;
      while (true) {
        RepairRequest next = nextRequest(moments);
        if (next == null) {
          return;
        }
        boolean isMine = next.hasEnd() && next.getEnd().getYours();
        if (isMine && !compared) {
          end.accept(
              new SessionEndedException(
                  Reason.UNEXPECTED_FRAME,
                  Problem.of("peer asks for a repair without a comparison")));
          return;
        }
        compared = !next.hasEnd() && (compared || next.hasMoment());
        answer(moments, next);
        if (isMine) {
          mend();
        }
      }
    }
  }

  /** Waits for a request; a moment that nobody asks about any more is let go of. */
  private synchronized @Nullable RepairRequest nextRequest(MomentServer moments) {
    while (!closed) {
      RepairRequest next = request;
      if (next != null) {
        request = null;
        answering = true;
        return next;
      }
      long before = System.nanoTime();
      waitFor(moments.isHolding() ? patience.toMillis() : 0);
      if (moments.isHolding() && System.nanoTime() - before >= patience.toNanos()) {
        moments.close();
      }
    }
    return null;
  }

  private void answer(MomentServer moments, RepairRequest next) {
    RepairReply.Builder answer = RepairReply.newBuilder();
    try {
      if (next.hasEnd()) {
        moments.close();
      } else {
        answer = moments.answer(next);
      }
    } catch (SessionEndedException malformed) {
      end.accept(malformed);
      answer.setFailure(malformed.reason().name());
    } catch (TidemarkException | IllegalStateException e) {
      moments.close();
      answer.setFailure(Frames.text(String.valueOf(e.getMessage())));
    }
    send(Frame.newBuilder().setRepairReply(answer.setId(next.getId())));
  }

  /** The peer has found something wrong here. */
  private void mend() {
    long begun = System.nanoTime();
    if (begun - restedNanos < 0) {
      // The next comparison finds it again.
      return;
    }
    try {
      repair(false);
    } catch (TidemarkException | IllegalStateException e) {
      // It is counted, and the next comparison finds it again.
    } finally {
      long now = System.nanoTime();
      restedNanos = now + RESTS_PER_MENDING * (now - begun);
    }
  }

  /**
   * Compares this store with the peer's and mends what is damaged here.
   *
   * @param both whether the peer is to do the same afterwards, if there is anything for it to mend
   * @return what was found; empty if the two stores did not come to have joined the same
   * @throws RepairFailedException if the peer does not answer, or cannot
   */
  public Optional<RepairReport> repair(boolean both) {
    synchronized (turn) {
      deadline = System.nanoTime() + MomentServer.MOST_AGE.toNanos();
      try {
        begin();
        Optional<RepairReport> report = tryRepair();
        boolean theirTurn = both && report.isPresent() && !report.get().isClean();
        call(RepairRequest.newBuilder().setEnd(RepairEnd.newBuilder().setYours(theirTurn)));
        counters.add(peer, report);
        return report;
      } catch (SessionEndedException malformed) {
        end.accept(malformed);
        counters.failed(malformed);
        throw new RepairFailedException(
            Problem.of("peer answers what makes no sense").with("reason", malformed.reason()));
      } catch (TidemarkException | IllegalStateException e) {
        counters.failed(e);
        throw e;
      }
    }
  }

  private synchronized void begin() {
    begunNanos = System.nanoTime();
    waitedNanos = 0;
  }

  private Optional<RepairReport> tryRepair() {
    long wait = FIRST_WAIT_MILLIS;
    for (int attempt = 0; attempt < TRIES; attempt++) {
      RepairMoment moment =
          call(RepairRequest.newBuilder().setMoment(RepairMoment.getDefaultInstance())).getMoment();
      RemoteMoment theirs =
          new RemoteMoment(
              Frames.vector(moment.getVector()), Frames.floor(moment.getFloor()), this::call);
      Optional<RepairReport> report = store.repairs().with(theirs, theirInterest, pace());
      if (report.isPresent()) {
        return report;
      }
      // What one has and the other lacks is under way.
      rest(wait);
      wait = Math.min(2 * wait, LONGEST_WAIT_MILLIS);
    }
    return Optional.empty();
  }

  private synchronized void rest(long millis) {
    requireOpen();
    waitFor(millis);
  }

  /** Asks the peer and waits for its answer. */
  private RepairReply call(RepairRequest.Builder asking) {
    if (System.nanoTime() - deadline > 0) {
      // This end holds a moment as well.
      throw new RepairFailedException(
          Problem.of("comparison takes too long").with("limit", MomentServer.MOST_AGE));
    }
    long id;
    synchronized (this) {
      id = ++asked;
      reply = null;
    }
    send(Frame.newBuilder().setRepairRequest(asking.setId(id)));
    RepairReply answer = awaitReply();
    if (!answer.getFailure().isEmpty()) {
      throw new RepairFailedException(
          Problem.of("peer cannot be compared with")
              .with("cause", Frames.text(answer.getFailure())));
    }
    return answer;
  }

  /**
   * The peer may have to read all that it has before it answers; but it has no more to do than this
   * end. One that is slow with each of its answers would hold up the comparisons with others.
   */
  private synchronized RepairReply awaitReply() {
    long start = System.nanoTime();
    long worked = start - begunNanos - waitedNanos;
    long allowed = PATIENCES * patience.toNanos() + WAITS_PER_WORK * worked - waitedNanos;
    while (true) {
      requireOpen();
      RepairReply answer = reply;
      long waited = System.nanoTime() - start;
      if (answer != null) {
        waitedNanos += waited;
        return answer;
      }
      long left = (allowed - waited) / 1_000_000;
      if (left <= 0) {
        throw new RepairFailedException(Problem.of("peer does not answer a comparison"));
      }
      waitFor(left);
    }
  }

  /** Whoever calls looks again at what it waits for. */
  @SuppressWarnings("WaitNotInLoop")
  private synchronized void waitFor(long millis) {
    try {
      wait(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new RepairFailedException(Problem.of("session with the peer has ended"));
    }
  }

  /** For each key that is looked at: leaves half of the time to others. */
  private Runnable pace() {
    int[] keys = new int[1];
    return () -> {
      requireOpen();
      if (++keys[0] % KEYS_PER_REST == 0) {
        LockSupport.parkNanos(REST_NANOS);
      }
    };
  }

  /** Ends what is under way, and waits for the end of the thread that answers. */
  @Override
  public void close() {
    Thread running;
    synchronized (this) {
      closed = true;
      running = server;
      notifyAll();
    }
    boolean interrupted = false;
    while (running != null && running.isAlive() && running != Thread.currentThread()) {
      try {
        running.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
