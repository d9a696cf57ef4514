package dev.tidemark.replication.session;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.Chunk;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of large values that the two ends of a session ask each other for: at most {@link
 * Bounds#CHUNKS_IN_FLIGHT} in each direction. Thread-safe.
 */
final class ChunkDesk {
  private static final int HASH_BYTES = 32;

  private final Map<Bytes, CompletableFuture<Optional<byte[]>>> asked = new HashMap<>();
  private final Deque<Bytes> toAsk = new ArrayDeque<>();
  private final Deque<Bytes> toServe = new ArrayDeque<>();
  private boolean closed;

  /** Asks the peer; empty if it has none, or the session ends. No more than may be in flight. */
  synchronized CompletableFuture<Optional<byte[]>> ask(Bytes hash) {
    if (closed || asked.size() >= Bounds.CHUNKS_IN_FLIGHT) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    CompletableFuture<Optional<byte[]>> answer = asked.get(hash);
    if (answer == null) {
      answer = new CompletableFuture<>();
      asked.put(hash, answer);
      toAsk.add(hash);
    }
    return answer;
  }

  /** How many the peer has not answered. */
  synchronized int asked() {
    return asked.size();
  }

  /** What is to be asked for next; null for nothing. */
  synchronized @Nullable Bytes nextToAsk() {
    return toAsk.poll();
  }

  /** What is to be given next; null for nothing. */
  synchronized @Nullable Bytes nextToServe() {
    return toServe.poll();
  }

  /** The peer asks. */
  synchronized void onRequest(byte[] hash) {
    if (hash.length != HASH_BYTES) {
      throw new SessionEndedException(
          Reason.MALFORMED_FRAME,
          Problem.of("hash of a chunk has another length").with("bytes", hash.length));
    }
    if (toServe.size() >= Bounds.CHUNKS_IN_FLIGHT) {
      throw new SessionEndedException(
          Reason.UNEXPECTED_FRAME,
          Problem.of("peer asks for too many chunks").with("limit", Bounds.CHUNKS_IN_FLIGHT));
    }
    toServe.add(Bytes.wrap(hash));
  }

  /** The peer answers. */
  void onChunk(Chunk chunk) {
    CompletableFuture<Optional<byte[]>> answer;
    synchronized (this) {
      answer = asked.remove(Bytes.wrap(chunk.getHash().toByteArray()));
    }
    if (answer == null) {
      throw new SessionEndedException(
          Reason.UNEXPECTED_FRAME, Problem.of("chunk was not asked for"));
    }
    if (chunk.getImage().size() > Bounds.CHUNK_BYTES) {
      answer.complete(Optional.empty());
      throw new SessionEndedException(
          Reason.OVERSIZE_PAYLOAD,
          Problem.of("chunk is too large")
              .with("bytes", chunk.getImage().size())
              .with("limit", Bounds.CHUNK_BYTES));
    }
    answer.complete(
        chunk.getFound() ? Optional.of(chunk.getImage().toByteArray()) : Optional.empty());
  }

  /** Nothing is answered any more. */
  void close() {
    Map<Bytes, CompletableFuture<Optional<byte[]>>> open;
    synchronized (this) {
      closed = true;
      open = Map.copyOf(asked);
      asked.clear();
      toAsk.clear();
      toServe.clear();
    }
    open.values().forEach(answer -> answer.complete(Optional.empty()));
  }
}
