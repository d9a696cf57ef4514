package dev.tidemark.replication;

import dev.tidemark.Tidemark;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
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
  private static final class Cutter implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final AtomicLong allowance;
    private final ConcurrentLinkedQueue<Socket> sockets = new ConcurrentLinkedQueue<>();

    Cutter(int target, long firstBytes) throws IOException {
      this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      this.target = target;
      this.allowance = new AtomicLong(firstBytes);
      daemon(this::listen);
    }

    InetSocketAddress address() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
    }

    private static void daemon(Runnable body) {
      Thread thread = new Thread(body, "cutter");
      thread.setDaemon(true);
      thread.start();
    }

    private void listen() {
      try {
        while (true) {
          Socket in = server.accept();
          Socket out = new Socket(InetAddress.getLoopbackAddress(), target);
          sockets.add(in);
          sockets.add(out);
          AtomicLong left = new AtomicLong(allowance.getAndUpdate(bytes -> bytes + bytes / 2));
          daemon(() -> pass(in, out, left));
          daemon(() -> pass(out, in, left));
        }
      } catch (IOException closed) {
        // The test is over.
      }
    }

    private static void pass(Socket from, Socket to, AtomicLong left) {
      byte[] buffer = new byte[512];
      try (from;
          to) {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          long allowed = left.getAndAdd(-n);
          if (allowed < n) {
            out.write(buffer, 0, (int) Math.max(0, allowed));
            return;
          }
          out.write(buffer, 0, n);
        }
      } catch (IOException cut) {
        // The other direction has cut it.
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
