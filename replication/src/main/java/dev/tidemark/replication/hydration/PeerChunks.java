package dev.tidemark.replication.hydration;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.blob.BlobSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The chunks that all connected peers have together. Several are asked for at once, spread over the
 * peers; who has not got one, or has given something else, is passed over for that chunk. For one
 * thread.
 */
final class PeerChunks implements BlobSource {
  private static final int MOST_AHEAD = Bounds.CHUNKS_IN_FLIGHT - 1;
  private static final long PATIENCE_SECONDS = 30;

  private final Supplier<List<Session>> peers;
  private final Map<Bytes, Asked> ahead = new HashMap<>();
  private final Map<Bytes, Set<Session>> passedOver = new HashMap<>();
  private @Nullable Asked last;
  private final AtomicLong givenBytes = new AtomicLong();

  private record Asked(Bytes chunk, Session peer, CompletableFuture<Optional<byte[]>> answer) {}

  PeerChunks(Supplier<List<Session>> peers) {
    this.peers = peers;
  }

  /** How many bytes were given, also of what was then refused. */
  long givenBytes() {
    return givenBytes.get();
  }

  /** Another value is fetched, or the same anew: who had nothing may have it by now. */
  void begin() {
    ahead.clear();
    passedOver.clear();
    last = null;
  }

  /** What was given last is not what was asked for; false if nothing was given. */
  boolean refuseLast() {
    Asked given = last;
    if (given == null) {
      return false;
    }
    passOver(given);
    ahead.clear();
    last = null;
    return true;
  }

  private void passOver(Asked asked) {
    passedOver.computeIfAbsent(asked.chunk(), none -> new HashSet<>()).add(asked.peer());
  }

  @Override
  public void soon(Bytes hash) {
    if (ahead.size() < MOST_AHEAD && !ahead.containsKey(hash)) {
      Asked asked = ask(hash);
      if (asked != null) {
        ahead.put(hash, asked);
      }
    }
  }

  @Override
  public Optional<byte[]> chunk(Bytes hash) {
    Asked asked = ahead.remove(hash);
    while (true) {
      asked = asked == null ? ask(hash) : asked;
      if (asked == null) {
        return Optional.empty();
      }
      Optional<byte[]> image = await(asked);
      if (image.isPresent()) {
        last = asked;
        givenBytes.addAndGet(image.get().length);
        return image;
      }
      passOver(asked);
      asked = null;
    }
  }

  /**
   * Asks the peer that has least to do of those that are not passed over; null if there is none.
   */
  private @Nullable Asked ask(Bytes hash) {
    Set<Session> not = passedOver.getOrDefault(hash, Set.of());
    Session least = null;
    for (Session peer : peers.get()) {
      if (peer.inbound() == Session.Inbound.RECEIVING
          && !not.contains(peer)
          && (least == null || peer.chunksInFlight() < least.chunksInFlight())) {
        least = peer;
      }
    }
    return least == null ? null : new Asked(hash, least, least.ask(hash));
  }

  private static Optional<byte[]> await(Asked asked) {
    try {
      return asked.answer().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException silent) {
      asked
          .peer()
          .end(new SessionEndedException(Reason.TIMEOUT, Problem.of("peer gives no chunk")));
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      throw Problem.of("interrupted").illegalState();
    }
  }
}
