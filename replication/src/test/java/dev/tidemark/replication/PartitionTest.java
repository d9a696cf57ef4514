package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.storage.core.RepairReport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Five stores, all of them connected, until three of them do not reach the other two. */
class PartitionTest {
  private static final int STORES = 5;
  private static final int LARGER_SIDE = 3;
  private static final int UPDATES = 100;

  @RegisterExtension final Stores stores = new Stores();

  private final List<Tidemark> all = new ArrayList<>();
  private final List<Replicator> replicators = new ArrayList<>();
  private final List<Gate> gates = new ArrayList<>();

  /** Each dials those before it; across the sides through a gate. */
  private void start() throws IOException {
    for (int i = 0; i < STORES; i++) {
      List<InetSocketAddress> peers = new ArrayList<>();
      for (int other = 0; other < i; other++) {
        int port = replicators.get(other).port();
        boolean isAcross = other < LARGER_SIDE && i >= LARGER_SIDE;
        peers.add(isAcross ? gate(port) : Loopback.at(port));
      }
      all.add(stores.open(i + 1));
      replicators.add(stores.start(all.get(i), Loopback.options("n" + i).withPeers(peers)));
    }
  }

  private InetSocketAddress gate(int port) throws IOException {
    Gate gate = stores.closing(new Gate(port));
    gates.add(gate);
    return gate.address();
  }

  private void writeEverywhere(long seed) {
    for (int i = 0; i < STORES; i++) {
      Stores.write(all.get(i), seed + i, UPDATES);
    }
  }

  private static Tidemark[] array(List<Tidemark> stores) {
    return stores.toArray(Tidemark[]::new);
  }

  @Test
  void bothSidesGoOnAndAllHaveEverythingOnceTheyReachEachOther() throws IOException {
    start();
    writeEverywhere(1);
    Stores.awaitEqual(array(all));

    gates.forEach(Gate::shut);
    writeEverywhere(10);
    List<Tidemark> larger = all.subList(0, LARGER_SIDE);
    List<Tidemark> smaller = all.subList(LARGER_SIDE, STORES);
    Stores.awaitEqual(array(larger));
    Stores.awaitEqual(array(smaller));
    for (int i = 0; i < STORES; i++) {
      boolean isLarger = i < LARGER_SIDE;
      assertThat(larger.get(0).vector().get(i + 1)).isEqualTo(isLarger ? 2 * UPDATES : UPDATES);
      assertThat(smaller.get(0).vector().get(i + 1)).isEqualTo(isLarger ? UPDATES : 2 * UPDATES);
    }

    gates.forEach(Gate::letThrough);
    writeEverywhere(20);
    Stores.awaitEqual(array(all));
    for (int i = 0; i < STORES; i++) {
      assertThat(all.get(0).vector().get(i + 1)).isEqualTo(3 * UPDATES);
    }
    // Equal fingerprints, and nothing is damaged.
    for (int other = 2; other <= STORES; other++) {
      int replica = other;
      Stores.await(
          () ->
              replicators.get(0).status().sessions().stream()
                  .anyMatch(session -> session.replicaId() == replica),
          () -> "" + replicators.get(0).status());
      assertThat(replicators.get(0).repair(replica)).contains(RepairReport.CLEAN);
    }
  }

  /** A way that can be shut: what went over it is cut off, and nothing new gets through. */
  private static final class Gate extends Relay {
    private volatile boolean shut;

    Gate(int target) throws IOException {
      super(target);
      open();
    }

    void shut() {
      shut = true;
      cut();
    }

    void letThrough() {
      shut = false;
    }

    @Override
    Passage passage() {
      return (in, out) -> {
        if (shut) {
          throw new IOException("shut");
        }
        in.transferTo(out);
      };
    }
  }
}
