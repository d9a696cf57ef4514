package dev.tidemark.replication.session;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.OperationsAnswer;
import dev.tidemark.replication.v1.OperationsRequest;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The commits that the two ends of a session ask each other for where they did not come: one
 * question at a time in each direction. To answer one is to read the log; meanwhile the newest of
 * those that come is kept. Thread-safe.
 */
final class OperationsDesk {
  /** A peer that asks again and again gets a tenth of the time for it. */
  private static final int RESTS_PER_ANSWER = 9;

  private final LongSupplier nanos;
  private @Nullable CompletableFuture<Optional<OperationsFound>> awaited;
  private long replica;
  private @Nullable OperationsRequest toAsk;
  private @Nullable OperationsRequest toServe;
  private long begunNanos;
  private long restedNanos;
  private long newest;
  private boolean closed;

  /**
   * A desk at which nobody has asked yet.
   *
   * @param nanos the time, as {@link System#nanoTime} has it
   */
  OperationsDesk(LongSupplier nanos) {
    this.nanos = nanos;
    this.restedNanos = nanos.getAsLong();
  }

  /** Asks the peer; empty if another question takes the place of this one, or the session ends. */
  synchronized CompletableFuture<Optional<OperationsFound>> ask(OperationsQuestion question) {
    if (closed) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    if (awaited != null) {
      awaited.complete(Optional.empty());
    }
    toAsk =
        OperationsRequest.newBuilder()
            .setId(++newest)
            .setReplicaId(question.replica())
            .setSequence(question.sequence())
            .setRetired(Frames.ids(question.retired()))
            .build();
    replica = question.replica();
    CompletableFuture<Optional<OperationsFound>> answer = new CompletableFuture<>();
    awaited = answer;
    return answer;
  }

  /** What is to be asked; null for nothing. */
  synchronized @Nullable OperationsRequest nextToAsk() {
    OperationsRequest next = toAsk;
    toAsk = null;
    return next;
  }

  /** What is to be answered now; null for nothing. */
  synchronized @Nullable OperationsRequest nextToServe() {
    long now = nanos.getAsLong();
    if (now - restedNanos < 0) {
      return null;
    }
    OperationsRequest next = toServe;
    toServe = null;
    begunNanos = now;
    return next;
  }

  /** The answer is made: the next one waits for as long as that took, some times over. */
  synchronized void served() {
    long now = nanos.getAsLong();
    restedNanos = now + RESTS_PER_ANSWER * (now - begunNanos);
  }

  /** When there is something to answer, if that is before another time; else that. */
  synchronized long due(long otherwise) {
    return toServe != null && restedNanos - otherwise < 0 ? restedNanos : otherwise;
  }

  /** The peer asks: the newest question counts. */
  synchronized void onRequest(OperationsRequest request) {
    if (request.getReplicaId() == 0 || request.getSequence() < 1) {
      throw new SessionEndedException(
          Reason.MALFORMED_FRAME,
          Problem.of("peer asks for impossible operations")
              .with("sequence", Long.toUnsignedString(request.getSequence())));
    }
    toServe = request;
  }

  /** The peer answers: what it says to a question before counts as nothing. */
  void onAnswer(OperationsAnswer answer) {
    CompletableFuture<Optional<OperationsFound>> asked = null;
    long of;
    synchronized (this) {
      if (answer.getId() < 1 || answer.getId() > newest) {
        throw new SessionEndedException(
            Reason.UNEXPECTED_FRAME, Problem.of("operations were not asked for"));
      }
      of = replica;
      if (answer.getId() == newest) {
        asked = awaited;
        awaited = null;
      }
    }
    if (asked != null) {
      Optional<OperationsFound> found = Optional.empty();
      try {
        found = Optional.of(found(answer, of));
      } finally {
        // Also where it cannot be read, which ends the session: nobody else completes it any more.
        asked.complete(found);
      }
    }
  }

  private static OperationsFound found(OperationsAnswer answer, long replica) {
    return new OperationsFound(
        answer.getSeen(),
        commits(answer, replica),
        answer.getLookedUpTo(),
        Frames.ids(answer.getMembers()),
        Frames.ids(answer.getForsaken()),
        Frames.interest(answer.getInterest()),
        answer.getOutside());
  }

  private static Map<Long, byte[]> commits(OperationsAnswer answer, long replica) {
    ByteReader in = new ByteReader(Payloads.unpack(answer.getCommits()));
    Map<Long, byte[]> commits = new HashMap<>();
    while (in.remaining() > 0) {
      byte[] commit = Frames.checked(() -> in.bytes("commit bytes", Limits.MAX_COMMIT_BYTES));
      CommitHeader header = Frames.checked(() -> CommitCodec.decodeHeader(new ByteReader(commit)));
      if (header.origin() != replica) {
        throw new SessionEndedException(
            Reason.UNEXPECTED_FRAME,
            Problem.of("operations are of another replica than asked for"));
      }
      commits.put(header.firstSequence(), commit);
    }
    return commits;
  }

  /** Nothing is answered any more. */
  void close() {
    CompletableFuture<Optional<OperationsFound>> open;
    synchronized (this) {
      closed = true;
      open = awaited;
      toAsk = null;
      toServe = null;
    }
    if (open != null) {
      open.complete(Optional.empty());
    }
  }
}
