package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.replication.session.SessionStatus;
import dev.tidemark.replication.wire.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a peer that is there is told from one that is not, and how far behind it is. */
class HeartbeatTest {
  @RegisterExtension final Stores stores = new Stores();

  private static ReplicationOptions options(String name, Duration patience) {
    return ReplicationOptions.of("test", name)
        .withPlainText()
        .withWaits(Duration.ofMillis(5), Duration.ofMillis(50))
        .withHeartbeat(Duration.ofMillis(20))
        .withPatience(patience);
  }

  private static SessionStatus only(Replicator replicator) {
    List<SessionStatus> sessions = replicator.status().sessions();
    return sessions.size() == 1 ? sessions.get(0) : null;
  }

  @Test
  void lagRisesWithWhatThePeerLacksAndFallsToNothing() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Replicator listening =
        stores.closing(
            Replicator.start(a, options("a", Duration.ofSeconds(20)).withListen(Loopback.at(0))));
    Replicator dialling =
        stores.closing(
            Replicator.start(
                b,
                options("b", Duration.ofSeconds(20))
                    .withPeers(List.of(Loopback.at(listening.port())))));
    Stores.write(a, 1, 500);
    Stores.awaitEqual(a, b);
    Stores.await(
        () -> {
          SessionStatus toB = only(listening);
          SessionStatus fromA = only(dialling);
          return toB != null
              && fromA != null
              && toB.lagOperations() == 0
              && toB.lagMillis() == 0
              && fromA.behindOperations() == 0
              && fromA.receivedBytes() > 0
              && toB.sentBytes() > 0;
        },
        () -> "lag stays: " + listening.status());
    assertThat(Math.abs(only(dialling).clockAheadMillis())).isLessThan(60_000);
  }

  /** Nothing is closed, and nothing comes: neither end would learn of it from the network. */
  @Test
  void aConnectionOnWhichNothingMovesIsGivenUpByBothAndMadeAnew() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Duration patience = Duration.ofMillis(700);
    Replicator listening =
        stores.closing(Replicator.start(a, options("a", patience).withListen(Loopback.at(0))));
    Frozen proxy = stores.closing(new Frozen(listening.port()));
    Replicator dialling =
        stores.closing(
            Replicator.start(b, options("b", patience).withPeers(List.of(proxy.address()))));
    Stores.write(a, 1, 50);
    Stores.awaitEqual(a, b);
    proxy.freeze();
    Stores.await(
        () ->
            listening.status().ended().containsKey(Reason.TIMEOUT)
                && dialling.status().ended().containsKey(Reason.TIMEOUT),
        () -> "nobody notices: " + listening.status() + dialling.status());
    proxy.thaw();
    Stores.write(a, 2, 50);
    Stores.write(b, 3, 50);
    Stores.awaitEqual(a, b);
  }

  /** Passes bytes on, or reads them and keeps them. */
  private static final class Frozen extends Relay {
    private volatile boolean frozen;

    Frozen(int target) throws IOException {
      super(target);
      open();
    }

    void freeze() {
      frozen = true;
    }

    /** What was frozen stays so; new connections move. */
    void thaw() {
      frozen = false;
      cut();
    }

    @Override
    Passage passage() {
      return (in, out) -> {
        byte[] buffer = new byte[4096];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (!frozen) {
            out.write(buffer, 0, n);
          }
        }
      };
    }
  }
}
