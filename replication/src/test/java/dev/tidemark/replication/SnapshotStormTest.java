package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Where each of several peers whose logs are cut sends its state to whoever comes new, one
 * truncation costs as many states as there are pairs: seen in other systems.
 */
class SnapshotStormTest {
  private static final int OLD = 4;
  private static final int ALL = 8;
  private static final int ROUNDS = 24;

  @RegisterExtension final Stores stores = new Stores();

  private final List<Tidemark> opened = new ArrayList<>();
  private final List<Replicator> replicators = new ArrayList<>();

  /** One more store, connected to all that are there. */
  private void join() throws IOException {
    List<InetSocketAddress> peers = new ArrayList<>();
    for (Replicator replicator : replicators) {
      peers.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), replicator.port()));
    }
    Tidemark store = stores.open(opened.size() + 1);
    opened.add(store);
    replicators.add(
        stores.closing(
            Replicator.start(
                store,
                ReplicationOptions.of("test", "x" + opened.size())
                    .withPlainText()
                    .withWaits(Duration.ofMillis(2), Duration.ofMillis(20))
                    .withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .withPeers(peers))));
  }

  /** How many states each store was sent as a whole, by whomever. */
  private Map<Long, Long> states() {
    Map<Long, Long> sent = new HashMap<>();
    for (Replicator replicator : replicators) {
      replicator
          .status()
          .sessions()
          .forEach(session -> sent.merge(session.replicaId(), session.states(), Long::sum));
    }
    return sent;
  }

  private void awaitEqual() {
    Stores.awaitEqual(opened.toArray(Tidemark[]::new));
  }

  @Test
  void eachPeerTakesOneStateAtMostWhileAllWrite() throws Exception {
    for (int i = 0; i < OLD; i++) {
      join();
    }
    for (Tidemark store : opened) {
      Stores.write(store, store.replicaId(), 100);
    }
    awaitEqual();
    opened.forEach(Tidemark::truncate);

    for (int round = 0; round < ROUNDS; round++) {
      if (opened.size() < ALL) {
        join();
      }
      for (Tidemark store : opened) {
        Stores.write(store, round * ALL + store.replicaId(), 5);
      }
    }
    awaitEqual();

    Map<Long, Long> states = states();
    for (Tidemark store : opened) {
      boolean old = opened.indexOf(store) < OLD;
      assertThat(states.get(store.replicaId())).isLessThanOrEqualTo(old ? 0L : 1L);
    }
  }
}
