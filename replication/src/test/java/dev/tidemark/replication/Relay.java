package dev.tidemark.replication;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A place on the way to where somebody listens on this machine, where something may happen to what
 * passes.
 */
abstract class Relay implements AutoCloseable {
  private final ServerSocket server;
  private volatile InetSocketAddress target;
  private final ConcurrentLinkedQueue<Socket> sockets = new ConcurrentLinkedQueue<>();

  Relay(int target) throws IOException {
    this.target = Loopback.at(target);
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /** Passes bytes on until one direction ends, which ends the other. */
  interface Passage {
    /** Passes on what comes in one direction. */
    void pass(InputStream in, OutputStream out) throws IOException;
  }

  /** What a new connection, in both of its directions, goes through. */
  abstract Passage passage();

  /** Takes connections from now on. */
  final void open() {
    daemon(this::listen);
  }

  final InetSocketAddress address() {
    return Loopback.at(server.getLocalPort());
  }

  /** Leads elsewhere from now on, and breaks all connections. */
  final void lead(InetSocketAddress elsewhere) {
    target = elsewhere;
    cut();
  }

  /** Breaks all connections. */
  final void cut() {
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException closed) {
        // It is.
      }
    }
  }

  private static void daemon(Runnable body) {
    Thread thread = new Thread(body, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private void listen() {
    try {
      while (true) {
        Socket in = server.accept();
        Socket out = new Socket(target.getAddress(), target.getPort());
        sockets.add(in);
        sockets.add(out);
        Passage passage = passage();
        daemon(() -> pass(passage, in, out));
        daemon(() -> pass(passage, out, in));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private static void pass(Passage passage, Socket from, Socket to) {
    try (from;
        to) {
      passage.pass(from.getInputStream(), to.getOutputStream());
    } catch (IOException cut) {
      // The other direction is gone, too.
    }
  }

  @Override
  public final void close() throws IOException {
    server.close();
    cut();
  }
}
