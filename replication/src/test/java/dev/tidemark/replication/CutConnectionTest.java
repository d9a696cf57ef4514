package dev.tidemark.replication;

import dev.tidemark.Tidemark;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections that are cut after so many bytes, wherever in a frame that is. */
class CutConnectionTest {
  @RegisterExtension final Stores stores = new Stores();

  private void agreeThroughCuts(Tidemark a, Tidemark b, long firstBytes) throws Exception {
    ReplicationOptions options =
        ReplicationOptions.of("test", "x")
            .withPlainText()
            .withWaits(Duration.ofMillis(2), Duration.ofMillis(20));
    Replicator listening =
        stores.closing(
            Replicator.start(
                a, options.withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))));
    Cutter cutter = stores.closing(new Cutter(listening.port(), firstBytes));
    stores.closing(Replicator.start(b, options.withPeers(List.of(cutter.address()))));
    Stores.awaitEqual(a, b);
  }

  @Test
  void whatWasCutOffIsSentAgainAndTakenOnce() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Stores.write(a, 1, 5000);
    Stores.write(b, 2, 5000);
    agreeThroughCuts(a, b, 2000);
  }

  @Test
  void aStateThatIsCutOffIsTakenAsAWholeOrNotAtAll() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Stores.write(a, 1, 5000);
    a.truncate();
    Stores.write(b, 2, 100);
    agreeThroughCuts(a, b, 300);
  }

  /** Passes bytes on, on each connection half as many again as on the one before. */
  private static final class Cutter extends Relay {
    private final AtomicLong allowance;

    Cutter(int target, long firstBytes) throws IOException {
      super(target);
      this.allowance = new AtomicLong(firstBytes);
      open();
    }

    @Override
    Passage passage() {
      AtomicLong left = new AtomicLong(allowance.getAndUpdate(bytes -> bytes + bytes / 2));
      return (in, out) -> {
        byte[] buffer = new byte[512];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          long allowed = left.getAndAdd(-n);
          if (allowed < n) {
            out.write(buffer, 0, (int) Math.max(0, allowed));
            return;
          }
          out.write(buffer, 0, n);
        }
      };
    }
  }
}
