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
import org.jspecify.annotations.Nullable;

/**
 * The commits that the two ends of a session ask each other for where they did not come: one
 * question at a time in each direction. Thread-safe.
 */
final class OperationsDesk {
  private @Nullable CompletableFuture<Optional<OperationsFound>> awaited;
  private long replica;
  private @Nullable OperationsRequest toAsk;
  private @Nullable OperationsRequest toServe;
  private long newest;
  private boolean closed;

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

  /** What is to be answered; null for nothing. */
  synchronized @Nullable OperationsRequest nextToServe() {
    OperationsRequest next = toServe;
    toServe = null;
    return next;
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
      OperationsFound found =
          new OperationsFound(
              answer.getSeen(),
              commits(answer, of),
              answer.getLookedUpTo(),
              Frames.ids(answer.getMembers()),
              Frames.ids(answer.getForsaken()),
              Frames.interest(answer.getInterest()),
              answer.getOutside());
      asked.complete(Optional.of(found));
    }
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
