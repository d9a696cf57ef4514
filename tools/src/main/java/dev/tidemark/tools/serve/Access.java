package dev.tidemark.tools.serve;

import dev.tidemark.error.Problem;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/** Who may ask. */
final class Access {
  private static final String BEARER = "Bearer ";

  private final @Nullable String token;

  Access(@Nullable String token) {
    this.token = token;
  }

  /**
   * Lets a request in.
   *
   * @throws HttpFailure if it may not be made
   */
  void require(Request request, Response response) {
    if (token != null) {
      String shown = request.getHeaders().get(HttpHeader.AUTHORIZATION);
      byte[] wanted = (BEARER + token).getBytes(StandardCharsets.UTF_8);
      byte[] given = (shown == null ? "" : shown).getBytes(StandardCharsets.UTF_8);
      if (!MessageDigest.isEqual(wanted, given)) {
        response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
        throw new HttpFailure(
            HttpStatus.UNAUTHORIZED_401,
            Problem.of("token is missing or another one")
                .advise("send the header Authorization: Bearer TOKEN"));
      }
    } else {
      refuseWebPages(request);
    }
  }

  /**
   * Without a token, a web page that somebody looks at on this machine could ask too: by its own
   * origin, or by a name that it lets point here.
   */
  private static void refuseWebPages(Request request) {
    boolean named = !isLoopback(Request.getServerName(request));
    if (named || request.getHeaders().contains(HttpHeader.ORIGIN)) {
      throw new HttpFailure(
          HttpStatus.FORBIDDEN_403,
          Problem.of("request comes from a web page or under a foreign name")
              .with("host", Request.getServerName(request))
              .advise("ask localhost or 127.0.0.1, or start with a token"));
    }
  }

  private static boolean isLoopback(String host) {
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    // A name is never looked up: only an address in digits is one.
    boolean digits = host.matches("[0-9.]+") || host.startsWith("[") || host.contains(":");
    InetAddress address = digits ? new InetSocketAddress(host, 0).getAddress() : null;
    return address != null && address.isLoopbackAddress();
  }
}
