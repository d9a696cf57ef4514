package dev.tidemark.tools.serve;

import dev.tidemark.error.Problem;
import dev.tidemark.replication.transport.Security;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where HTTP is served, and who may ask.
 *
 * @param address port 0 for any
 * @param token what each request has to show; null for none, on a loopback address alone
 */
public record HttpOptions(InetSocketAddress address, @Nullable String token) {
  /** Refuses to let the world in. */
  public HttpOptions {
    boolean loopback = address.getAddress() != null && address.getAddress().isLoopbackAddress();
    if (token != null) {
      Security.requireToken(token);
    } else if (!loopback) {
      throw Problem.of("HTTP on an address that others reach needs a token")
          .with("address", address)
          .advise("give --http-token-file, or listen on 127.0.0.1")
          .illegalArgument();
    }
  }
}
