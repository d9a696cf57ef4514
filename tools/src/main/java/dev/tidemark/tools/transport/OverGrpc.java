package dev.tidemark.tools.transport;

import dev.tidemark.Tidemark;
import dev.tidemark.replication.Puller;
import dev.tidemark.replication.ReplicationOptions;
import dev.tidemark.replication.Replicator;
import dev.tidemark.replication.wire.SessionEndedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/**
 * Every store listens at a port of its own on loopback, and whoever takes dials it: once for each
 * pair, and again when the session has ended.
 */
final class OverGrpc implements Transport {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Many stores share a machine, and nobody else can reach them. */
  private static final ReplicationOptions OPTIONS =
      ReplicationOptions.of("tidemark-run", "store")
          .withPlainText()
          .withMostSessions(10_000)
          .withPatience(PATIENCE)
          .withHeartbeat(Duration.ofSeconds(10));

  private final Map<Tidemark, Replicator> listening = new ConcurrentHashMap<>();
  private final Map<Pair, Puller> pullers = new ConcurrentHashMap<>();

  @Override
  public long pull(Tidemark from, Tidemark to) {
    return pull(new Pair(from, to), Puller::pull);
  }

  @Override
  public long pullUntil(Tidemark from, Tidemark to, long ownSequence) {
    return pull(new Pair(from, to), puller -> puller.pullUntil(ownSequence));
  }

  private long pull(Pair pair, ToLongFunction<Puller> how) {
    try {
      Puller puller = pullers.computeIfAbsent(pair, this::dial);
      long taken = how.applyAsLong(puller);
      // A store that is closed next would never get them: whoever dials again asks for new ones.
      puller.awaitData(PATIENCE);
      return taken;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException();
    } catch (SessionEndedException e) {
      Puller over = pullers.remove(pair);
      if (over != null) {
        over.close();
      }
      throw e;
    }
  }

  private Puller dial(Pair pair) {
    try {
      int port = listening.computeIfAbsent(pair.from(), OverGrpc::listen).port();
      return Puller.dial(pair.to(), OPTIONS, loopback(port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Replicator listen(Tidemark store) {
    try {
      return Replicator.start(store, OPTIONS.withListen(loopback(0)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @Override
  public long receivedBytes(Tidemark to) {
    return pullers.entrySet().stream()
        .filter(entry -> entry.getKey().to() == to)
        .mapToLong(entry -> entry.getValue().receivedBytes())
        .sum();
  }

  @Override
  public void leave(Tidemark store) {
    pullers
        .entrySet()
        .removeIf(
            entry -> {
              boolean touched = entry.getKey().touches(store);
              if (touched) {
                entry.getValue().close();
              }
              return touched;
            });
    Replicator at = listening.remove(store);
    if (at != null) {
      at.close();
    }
  }

  @Override
  public void close() {
    pullers.values().forEach(Puller::close);
    pullers.clear();
    listening.values().forEach(Replicator::close);
    listening.clear();
  }
}
