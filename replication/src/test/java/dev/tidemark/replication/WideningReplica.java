package dev.tidemark.replication;

import dev.tidemark.Tidemark;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A store that is to hold more, in a process that is killed while a peer gives it that. */
final class WideningReplica {
  private WideningReplica() {}

  public static void main(String[] arguments) throws Exception {
    InetSocketAddress peer =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1]));
    try (Tidemark store =
            Tidemark.open(
                Path.of(arguments[0]),
                Stores.SCHEMA,
                Stores.options(3).withInterest(WideningSessionsTest.WIDER));
        Replicator replicator = Replicator.start(store, options("part", peer))) {
      new CountDownLatch(1).await();
    }
  }

  static ReplicationOptions options(String name, InetSocketAddress... peers) {
    return ReplicationOptions.of("test", name)
        .withPlainText()
        .withWaits(Duration.ofMillis(5), Duration.ofMillis(100))
        .withPeers(List.of(peers));
  }
}
