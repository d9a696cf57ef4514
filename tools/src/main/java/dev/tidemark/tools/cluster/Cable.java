package dev.tidemark.tools.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;

/** A way to a port that can be cut: then its connections are gone, and new ones are refused. */
final class Cable implements AutoCloseable {
  private final ServerSocket listening;
  private final int target;
  private final Set<Socket> sockets = new HashSet<>();
  private boolean cut;
  private boolean closed;

  /** A cable to a port of this machine. */
  Cable(int target) throws IOException {
    this.target = target;
    this.listening = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    thread(this::accept);
  }

  /** Where it begins. */
  int port() {
    return listening.getLocalPort();
  }

  synchronized void cut() {
    cut = true;
    sockets.forEach(Cable::closeQuietly);
    sockets.clear();
  }

  synchronized void heal() {
    cut = false;
  }

  private void accept() {
    while (true) {
      Socket from;
      try {
        from = listening.accept();
      } catch (IOException over) {
        return;
      }
      try {
        connect(from);
      } catch (IOException nobodyThere) {
        closeQuietly(from);
      }
    }
  }

  private void connect(Socket from) throws IOException {
    Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
    synchronized (this) {
      if (cut || closed) {
        closeQuietly(from);
        closeQuietly(to);
        return;
      }
      sockets.add(from);
      sockets.add(to);
    }
    thread(() -> copy(from, to));
    thread(() -> copy(to, from));
  }

  private void copy(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream()) {
      in.transferTo(to.getOutputStream());
    } catch (IOException gone) {
      // Both ends are closed.
    } finally {
      synchronized (this) {
        sockets.remove(from);
        sockets.remove(to);
      }
    }
  }

  private static void thread(Runnable body) {
    Thread thread = new Thread(body, "cable");
    thread.setDaemon(true);
    thread.start();
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone.
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    cut();
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
