package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** States that arrive although no connection lasts for as long as they take. */
class ResumeTest {
  private static final int KEYS = 2_000;
  private static final int VALUE_BYTES = 2_000;

  /** Two parts of a run, and what comes before them. */
  private static final long CONNECTION_BYTES = 700 << 10;

  @RegisterExtension final Stores stores = new Stores();

  private Tidemark open(String name, int replica) {
    return stores.open(
        name,
        Options.defaults()
            .withReplicaId(replica)
            .withSyncInterval(Duration.ofMillis(5))
            .withCompactionBytesPerSecond(0)
            .withStewardInterval(Duration.ZERO)
            .withInlineLimit(Limits.MAX_VALUE_BYTES)
            .withRetention(Retention.byCommandOnly()));
  }

  /** A log that is cut: all of it has to go as a state, of some 4 MB that do not compress. */
  private Tidemark cutStore() {
    Tidemark store = open("from", 1);
    Random random = new Random(1);
    for (int key = 0; key < KEYS; key++) {
      byte[] value = new byte[VALUE_BYTES];
      random.nextBytes(value);
      store.lwwRegister("file/" + key, Codec.bytes()).set(value);
    }
    store.truncate();
    return store;
  }

  private static ReplicationOptions options() {
    return ReplicationOptions.of("test", "x")
        .withPlainText()
        .withWaits(Duration.ofMillis(2), Duration.ofMillis(20));
  }

  private Replicator listening(Tidemark store) throws IOException {
    return stores.closing(
        Replicator.start(
            store,
            options().withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))));
  }

  private static void assertSameFiles(Tidemark from, Tidemark to) {
    for (int key = 0; key < KEYS; key++) {
      assertThat(to.value("file/" + key)).isEqualTo(from.value("file/" + key));
    }
  }

  @Test
  void aStateGoesOnBehindTheLastPartThatCameWhateverTheSenderDoesMeanwhile() throws Exception {
    Tidemark from = cutStore();
    Tidemark to = open("to", 2);
    to.update("count/0", new Update.Increment(1));
    Replicator sending = listening(from);
    AtomicInteger connections = new AtomicInteger();
    ShortConnections network =
        stores.closing(
            new ShortConnections(
                sending.port(),
                () -> {
                  from.update("count/1", new Update.Increment(1));
                  switch (connections.getAndIncrement() % 3) {
                    case 0 -> from.truncate();
                    case 1 -> from.compact();
                    default -> from.collect();
                  }
                }));
    stores.closing(Replicator.start(to, options().withPeers(List.of(network.address()))));

    Stores.awaitEqual(from, to);

    assertSameFiles(from, to);
    assertThat(connections.get()).isGreaterThan(4);
    // Each connection loses what is under way, and no more: begun anew it would never end.
    assertThat(network.passed()).isLessThan(3L * KEYS * VALUE_BYTES);
  }

  @Test
  void aSenderThatIsOpenedAnewAndHasTheSameStateGoesOn() throws Exception {
    Tidemark from = cutStore();
    Tidemark to = open("to", 2);
    Replicator receiving = listening(to);
    ShortConnections network = stores.closing(new ShortConnections(receiving.port(), () -> {}));
    ReplicationOptions dialling = options().withPeers(List.of(network.address()));
    Replicator first = stores.closing(Replicator.start(from, dialling));
    Stores.await(() -> network.connections() > 2, () -> "nothing is cut");
    first.close();
    from.close();
    long before = network.passed();
    Tidemark again = open("from", 1);
    stores.closing(Replicator.start(again, dialling));

    Stores.awaitEqual(again, to);

    assertSameFiles(again, to);
    assertThat(before).isGreaterThan(CONNECTION_BYTES);
  }

  @Test
  void aSenderWhoseStateIsAnotherOneBeginsAnew() throws Exception {
    Tidemark from = cutStore();
    Tidemark to = open("to", 2);
    Replicator receiving = listening(to);
    Patience network = stores.closing(new Patience(receiving.port()));
    ReplicationOptions dialling = options().withPeers(List.of(network.address()));
    Replicator first = stores.closing(Replicator.start(from, dialling));
    Stores.await(() -> network.connections() > 1, () -> "nothing is cut");
    first.close();
    Random random = new Random(2);
    byte[] other = new byte[VALUE_BYTES];
    random.nextBytes(other);
    from.lwwRegister("file/0", Codec.bytes()).set(other);
    from.truncate();
    network.relent();
    stores.closing(Replicator.start(from, dialling));

    Stores.awaitEqual(from, to);

    assertSameFiles(from, to);
    assertThat(to.value("file/0")).isEqualTo(from.value("file/0"));
  }

  @Test
  void aReceiverThatIsClosedInTheMiddleShowsNothingOfItAndTakesItLater() throws Exception {
    Tidemark from = cutStore();
    Tidemark to = open("to", 2);
    to.update("set/0", new Update.Add(Bytes.utf8("mine")));
    Replicator sending = listening(from);
    Patience network = stores.closing(new Patience(sending.port()));
    ReplicationOptions dialling = options().withPeers(List.of(network.address()));
    Replicator first = stores.closing(Replicator.start(to, dialling));
    Stores.await(() -> network.connections() > 1, () -> "nothing is cut");
    first.close();
    to.close();

    Tidemark again = open("to", 2);

    assertThat(again.vector().get(1)).isZero();
    assertThat(again.value("file/0")).isEqualTo(again.value("file/none"));
    network.relent();
    stores.closing(Replicator.start(again, dialling));
    Stores.awaitEqual(from, again);
    assertSameFiles(from, again);
  }

  /** Every connection is cut after {@link #CONNECTION_BYTES} in one of its directions. */
  private static class ShortConnections extends Relay {
    private final Runnable between;
    private final AtomicLong passed = new AtomicLong();
    private final AtomicInteger connections = new AtomicInteger();

    ShortConnections(int target, Runnable between) throws IOException {
      super(target);
      this.between = between;
      open();
    }

    long passed() {
      return passed.get();
    }

    int connections() {
      return connections.get();
    }

    long allowance() {
      return CONNECTION_BYTES;
    }

    @Override
    Passage passage() {
      between.run();
      connections.incrementAndGet();
      long allowance = allowance();
      return (in, out) -> {
        long left = allowance;
        byte[] buffer = new byte[8 << 10];
        for (int n = in.read(buffer); n >= 0 && left >= n; n = in.read(buffer)) {
          out.write(buffer, 0, n);
          left -= n;
          passed.addAndGet(n);
        }
      };
    }
  }

  /** The same until it is told that connections may last. */
  private static final class Patience extends ShortConnections {
    private volatile boolean relented;

    Patience(int target) throws IOException {
      super(target, () -> {});
    }

    void relent() {
      relented = true;
    }

    @Override
    long allowance() {
      return relented ? Long.MAX_VALUE : CONNECTION_BYTES;
    }
  }
}
