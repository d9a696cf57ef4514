package dev.tidemark.replication;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** How replicators of one machine find each other. */
final class Loopback {
  private Loopback() {}

  /** The address of a port; 0 is for any. */
  static InetSocketAddress at(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** Where some listen. */
  static List<InetSocketAddress> of(Replicator... listening) {
    return of(Arrays.asList(listening));
  }

  static List<InetSocketAddress> of(Collection<Replicator> listening) {
    return listening.stream().map(each -> at(each.port())).toList();
  }

  /**
   * Addresses that nobody listens on yet. Where all of 127/8 is this machine they are of a host
   * that no other process listens on: so nobody takes them before the test does.
   */
  static List<InetSocketAddress> unused(int count) throws IOException {
    boolean isLinux = System.getProperty("os.name").equals("Linux");
    long pid = ProcessHandle.current().pid();
    byte[] own = {127, (byte) (64 | pid >> 16 & 63), (byte) (pid >> 8), (byte) pid};
    InetAddress host = isLinux ? InetAddress.getByAddress(own) : InetAddress.getLoopbackAddress();
    List<ServerSocket> sockets = new ArrayList<>();
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ServerSocket socket = new ServerSocket(0, 1, host);
      sockets.add(socket);
      addresses.add((InetSocketAddress) socket.getLocalSocketAddress());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return addresses;
  }

  /** One that listens on any port, dials again soon, and needs no certificate. */
  static ReplicationOptions options(String name) {
    return ReplicationOptions.of("test", name)
        .withPlainText()
        .withWaits(Duration.ofMillis(5), Duration.ofMillis(100))
        .withListen(at(0));
  }
}
