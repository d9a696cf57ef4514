package dev.tidemark.tools.words;

import dev.tidemark.error.Problem;
import java.net.InetSocketAddress;

/** Where to listen or whom to dial, as it is typed: {@code HOST:PORT}, {@code [::1]:PORT}. */
public final class Address {
  private static final int MOST = 65_535;

  private Address() {}

  /** The address; a host that has no address now stays a name. */
  public static InetSocketAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    String port = text.substring(colon + 1);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    boolean ambiguous = host.contains(":") && !bracketed;
    if (host.isEmpty() || ambiguous || !port.matches("[0-9]{1,5}")) {
      throw malformed(text);
    }
    int number = Integer.parseInt(port);
    if (number > MOST) {
      throw malformed(text);
    }
    return new InetSocketAddress(bracketed ? host.substring(1, host.length() - 1) : host, number);
  }

  /** Whether only this machine reaches it. */
  public static boolean isLoopback(InetSocketAddress address) {
    return !address.isUnresolved() && address.getAddress().isLoopbackAddress();
  }

  /** As it is typed. */
  public static String text(InetSocketAddress address, int port) {
    String host = address.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private static IllegalArgumentException malformed(String text) {
    return Problem.of("not an address")
        .with("address", text)
        .advise("write it as HOST:PORT, for example 127.0.0.1:7001")
        .illegalArgument();
  }
}
