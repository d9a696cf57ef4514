package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.replication.ReplicationOptions;
import dev.tidemark.replication.Replicator;
import dev.tidemark.replication.session.SessionStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Stores that replicate to each other over loopback, each to each, in plain text. */
final class Mesh implements AutoCloseable {
  private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private final Run run;
  private final String name;
  private final List<Tidemark> stores = new ArrayList<>();
  private final List<Replicator> replicators = new ArrayList<>();

  /** So many empty stores, connected. */
  Mesh(Run run, String name, Schema schema, int size) throws IOException {
    this.run = run;
    this.name = name;
    List<InetSocketAddress> earlier = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Tidemark store = Tidemark.open(run.directory(name + i), schema, Settings.storeWithWholeLog());
      stores.add(store);
      Replicator replicator =
          Replicator.start(
              store,
              ReplicationOptions.of("bench", name + i)
                  .withPlainText()
                  .withListen(loopback(0))
                  .withPeers(earlier));
      replicators.add(replicator);
      earlier = new ArrayList<>(earlier);
      earlier.add(loopback(replicator.port()));
    }
    while (replicators.stream().anyMatch(replicator -> peers(replicator) < size - 1)) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private static long peers(Replicator replicator) {
    return replicator.status().sessions().stream()
        .filter(session -> session.replicaId() != 0)
        .count();
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  Tidemark store(int index) {
    return stores.get(index);
  }

  /** What of a store survives at all others, as far as they have told. */
  long durable(int index) {
    long origin = store(index).replicaId();
    return replicators.get(index).status().sessions().stream()
        .mapToLong(session -> session.durable().get(origin))
        .min()
        .orElse(0);
  }

  /** Waits until each store knows of all others that they have all that any store has now. */
  void awaitDurable() {
    VersionVector all = VersionVector.EMPTY;
    for (Tidemark store : stores) {
      all = all.join(store.vector());
    }
    for (Replicator replicator : replicators) {
      while (!isDurable(replicator, all)) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
  }

  private static boolean isDurable(Replicator replicator, VersionVector all) {
    return replicator.status().sessions().stream()
        .allMatch(session -> session.durable().dominates(all));
  }

  /** The bytes of all frames. */
  long sentBytes() {
    return replicators.stream()
        .flatMap(replicator -> replicator.status().sessions().stream())
        .mapToLong(SessionStatus::sentBytes)
        .sum();
  }

  @Override
  public void close() throws IOException {
    replicators.forEach(Replicator::close);
    stores.forEach(Tidemark::close);
    for (int i = 0; i < stores.size(); i++) {
      Run.delete(run.directory(name + i));
    }
  }
}
