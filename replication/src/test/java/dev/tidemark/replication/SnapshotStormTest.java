package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
  private static final int CUTS = 8;

  @RegisterExtension final Stores stores = new Stores();

  private final List<Tidemark> opened = new ArrayList<>();
  private final List<Replicator> replicators = new ArrayList<>();

  /** One more store, connected to all that are there. */
  private void join() throws IOException {
    List<InetSocketAddress> peers = new ArrayList<>();
    for (Replicator replicator : replicators) {
      peers.add(Loopback.at(replicator.port()));
    }
    Tidemark store = stores.open(opened.size() + 1);
    opened.add(store);
    replicators.add(start(store, peers));
  }

  private Replicator start(Tidemark store, List<InetSocketAddress> peers) throws IOException {
    return stores.start(
        store,
        Loopback.options("x" + store.replicaId())
            .withWaits(Duration.ofMillis(2), Duration.ofMillis(20))
            .withPeers(peers));
  }

  /** How many whole states a store has taken since it was last connected. */
  private long taken(int store) {
    return replicators.get(store).status().statesTaken();
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

    for (int i = 0; i < ALL; i++) {
      assertThat(taken(i)).isLessThanOrEqualTo(i < OLD ? 0 : 1);
    }
  }

  /** The logs are cut while it is away, and again and again while it takes what it missed. */
  @Test
  void whoWasAwayTakesOneStateAtMostHoweverOftenTheOthersCutTheirLogs() throws Exception {
    for (int i = 0; i < ALL; i++) {
      join();
    }
    int seed = 0;
    for (int away = 1; away < ALL; away += OLD) {
      replicators.get(away).close();
      List<Tidemark> others = new ArrayList<>(opened);
      others.remove(away);
      for (Tidemark store : opened) {
        Stores.write(store, seed++, 30);
      }
      Stores.awaitEqual(others.toArray(Tidemark[]::new));
      others.forEach(Tidemark::truncate);
      assertThat(others).allMatch(other -> other.status().firstPosition() > 1);

      long[] before = new long[ALL];
      List<InetSocketAddress> peers = new ArrayList<>();
      for (int i = 0; i < ALL; i++) {
        before[i] = i == away ? 0 : taken(i);
        if (i != away) {
          peers.add(Loopback.at(replicators.get(i).port()));
        }
      }
      replicators.set(away, start(opened.get(away), peers));
      for (int cut = 0; cut < CUTS; cut++) {
        for (Tidemark store : opened) {
          Stores.write(store, seed++, 5);
        }
        others.get(cut % others.size()).truncate();
      }
      awaitEqual();

      for (int i = 0; i < ALL; i++) {
        assertThat(taken(i) - before[i]).as("store %s", i).isEqualTo(i == away ? 1 : 0);
      }
    }
  }
}
