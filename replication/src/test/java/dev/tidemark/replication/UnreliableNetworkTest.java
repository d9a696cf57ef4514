package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three stores in a ring whose connections change, lose, repeat and hold back bytes, and break, as
 * a seed has it. What was acknowledged as durable at a peer is there, and in the end everything is
 * everywhere.
 */
class UnreliableNetworkTest {
  private static final int UPDATES = 1500;
  private static final int STEP = 30;

  @RegisterExtension final Stores stores = new Stores();

  private static ReplicationOptions options(String name) {
    return ReplicationOptions.of("test", name)
        .withPlainText()
        .withWaits(Duration.ofMillis(2), Duration.ofMillis(30))
        .withHeartbeat(Duration.ofMillis(50))
        .withPatience(Duration.ofMillis(1500))
        .withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = 2)
  void whateverHappensToTheBytesNothingIsLostAndAllAgree(long seed) throws Exception {
    List<Tidemark> ring = List.of(stores.open(1), stores.open(2), stores.open(3));
    List<Proxy> proxies = new ArrayList<>();
    List<Replicator> replicators = new ArrayList<>();
    Set<Fault> seen = EnumSet.noneOf(Fault.class);
    for (int i = 0; i < ring.size(); i++) {
      // Each dials the one before it; the last one both, so that the ring is closed.
      List<InetSocketAddress> peers = new ArrayList<>();
      for (int other = 0; other < i; other++) {
        Proxy proxy =
            stores.closing(
                new Proxy(replicators.get(other).port(), seed * 31 + i * 7 + other, seen));
        proxies.add(proxy);
        peers.add(proxy.address());
      }
      replicators.add(
          stores.closing(Replicator.start(ring.get(i), options("n" + i).withPeers(peers))));
    }
    for (int at = 0; at < UPDATES; at += STEP) {
      for (int i = 0; i < ring.size(); i++) {
        Stores.write(ring.get(i), seed + at + i, STEP);
      }
      for (int i = 0; i < ring.size(); i++) {
        for (var session : replicators.get(i).status().sessions()) {
          if (session.replicaId() != 0) {
            Tidemark peer = ring.get((int) session.replicaId() - 1);
            assertThat(peer.vector().dominates(session.durable())).as("seed %s", seed).isTrue();
          }
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    Stores.await(
        () -> seen.size() == Fault.values().length,
        () -> "seed " + seed + " has brought only " + seen);
    proxies.forEach(Proxy::calm);
    Stores.awaitEqual(ring.toArray(Tidemark[]::new));
    for (Tidemark store : ring) {
      assertThat(store.vector().get(1)).as("seed %s", seed).isEqualTo(UPDATES);
      assertThat(store.vector().get(2)).as("seed %s", seed).isEqualTo(UPDATES);
      assertThat(store.vector().get(3)).as("seed %s", seed).isEqualTo(UPDATES);
    }
  }

  /** What may happen to a connection, once it has carried some bytes. */
  private enum Fault {
    /** They come late. */
    DELAY,
    /** Some never come. */
    DROP,
    /** Some come twice. */
    DUPLICATE,
    /** A bit is another one. */
    CORRUPT,
    /** Nothing comes any more in this direction, and nobody says so. */
    HALF_OPEN,
    /** It breaks. */
    RESET
  }

  private static final class Proxy extends Relay {
    private final Random random;
    private final Set<Fault> seen;
    private volatile boolean calm;

    Proxy(int target, long seed, Set<Fault> seen) throws IOException {
      super(target);
      this.random = new Random(seed);
      this.seen = seen;
      open();
    }

    /** Connections break once more, and from then on nothing happens to them. */
    void calm() {
      calm = true;
      cut();
    }

    /** After how many bytes, and what. */
    private synchronized long nextAfter() {
      return 200 + random.nextInt(20_000);
    }

    private synchronized Fault next() {
      return Fault.values()[random.nextInt(Fault.values().length)];
    }

    private synchronized int below(int bound) {
      return random.nextInt(bound);
    }

    @Override
    Passage passage() {
      return (in, out) -> {
        byte[] buffer = new byte[700];
        long left = nextAfter();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          left -= n;
          if (left > 0 || calm) {
            out.write(buffer, 0, n);
          } else {
            left = nextAfter();
            happen(next(), buffer, n, in, out);
          }
        }
      };
    }

    private void happen(Fault fault, byte[] buffer, int n, InputStream in, OutputStream out)
        throws IOException {
      synchronized (seen) {
        seen.add(fault);
      }
      switch (fault) {
        case DELAY -> {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1 + below(30)));
          out.write(buffer, 0, n);
        }
        case DROP -> out.write(buffer, 0, below(n));
        case DUPLICATE -> {
          out.write(buffer, 0, n);
          out.write(buffer, 0, n);
        }
        case CORRUPT -> {
          buffer[below(n)] ^= (byte) (1 << below(8));
          out.write(buffer, 0, n);
        }
        case HALF_OPEN -> {
          while (in.read(buffer) >= 0) {
            // Read, and kept.
          }
        }
        case RESET -> throw new IOException("reset");
      }
    }
  }
}
