package dev.tidemark.tools.demo;

import dev.tidemark.storage.Options;
import dev.tidemark.storage.Status;
import dev.tidemark.tools.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** All replicas, open together in one process. */
final class Replicas implements AutoCloseable {
  /**
   * The stores have to share a heap of 1.5 GiB with a million live cells. They are told to sync
   * seldom because each pull makes its sender sync anyway. The recorded clocks are years behind the
   * real one and disagree with each other, so there is no bound on drift.
   */
  private static final Options SMALL =
      Options.defaults()
          .withSegmentBytes(16L << 20)
          // Each author is told what another had seen at one commit, for which it takes a raw log.
          .withCompactionBytesPerSecond(0)
          .withOverlayBytes(4L << 20)
          .withCacheBytes(4L << 20)
          .withSyncInterval(Duration.ofSeconds(2))
          .withoutDriftBound();

  private final List<Replica> all = new ArrayList<>();
  private final Transport transport;

  Replicas(int count, Workspace workspace, Transport.Kind kind) {
    this.transport = kind.open();
    try {
      for (int i = 0; i < count; i++) {
        all.add(new Replica(workspace.replica(i), i, SMALL, transport));
      }
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  List<Replica> all() {
    return List.copyOf(all);
  }

  Replica get(int number) {
    return all.get(number);
  }

  /** A replica that is none of them and has nothing yet. */
  Replica newcomer(Workspace workspace) {
    return new Replica(workspace.newcomer(), all.size(), SMALL, transport);
  }

  /** Brings everything to disk, so that the files have their whole size. */
  void flush() {
    all.forEach(Replica::flush);
  }

  long sum(ToLongFunction<Status> number) {
    return all.stream().map(Replica::status).mapToLong(number).sum();
  }

  @Override
  public void close() {
    transport.close();
    all.forEach(Replica::close);
  }
}
