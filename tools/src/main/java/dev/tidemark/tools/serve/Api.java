package dev.tidemark.tools.serve;

import dev.tidemark.error.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may ask, for what, and how what goes wrong is answered. */
final class Api extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(Api.class);
  private static final String KEYS = "/keys/";
  private static final String BEARER = "Bearer ";

  /** A request whose body or answer takes longer is cut off. */
  private static final long REQUEST_MILLIS = Waiting.MOST_MILLIS + 30_000;

  private final Resources resources;
  private final @Nullable String token;

  Api(Resources resources, @Nullable String token) {
    this.resources = resources;
    this.token = token;
  }

  /** One that can be asked for. */
  @FunctionalInterface
  private interface Action {
    void run() throws IOException;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    EndPoint connection = request.getConnectionMetaData().getConnection().getEndPoint();
    Scheduler.Task cut =
        request
            .getComponents()
            .getScheduler()
            .schedule(connection::close, REQUEST_MILLIS, TimeUnit.MILLISECONDS);
    try {
      authorize(request, response);
      route(request, response);
      callback.succeeded();
    } catch (Exception | AssertionError e) {
      fail(response, callback, e);
    } finally {
      cut.cancel();
    }
    return true;
  }

  private void fail(Response response, Callback callback, Throwable thrown) {
    int status = HttpFailure.status(thrown);
    if (status == HttpStatus.INTERNAL_SERVER_ERROR_500) {
      LOG.warn("request failed", thrown);
    }
    if (response.isCommitted()) {
      // Half an answer must not look like a whole one.
      callback.failed(thrown);
      return;
    }
    try {
      response.setStatus(status);
      Answer.json(response, json -> HttpFailure.write(json, thrown));
      callback.succeeded();
    } catch (IOException gone) {
      callback.failed(gone);
    }
  }

  private void route(Request request, Response response) throws IOException {
    String path = String.valueOf(request.getHttpURI().getPath());
    String raw = request.getHttpURI().getQuery();
    Map<String, String> query = Percent.query(raw == null ? "" : raw);
    String key = key(path, query);
    perform(
        request,
        response,
        key == null
            ? actions(path, request, query, response)
            : Map.of(
                HttpMethod.GET, () -> resources.read(key, query, response),
                HttpMethod.POST, () -> resources.update(key, request, query, response),
                HttpMethod.DELETE, () -> resources.delete(key, query, response)));
  }

  private Map<HttpMethod, Action> actions(
      String path, Request request, Map<String, String> query, Response response) {
    return switch (path) {
      case "/ring" ->
          Map.of(
              HttpMethod.GET, () -> resources.ring(query, response),
              HttpMethod.POST, () -> resources.changeRing(request, query, response));
      case "/members" ->
          Map.of(
              HttpMethod.GET, () -> resources.members(query, response),
              HttpMethod.POST, () -> resources.changeMembers(request, query, response));
      case "/scan" -> Map.of(HttpMethod.GET, () -> resources.scan(query, response));
      case "/status" -> Map.of(HttpMethod.GET, () -> resources.status(query, response));
      case "/metrics" -> Map.of(HttpMethod.GET, () -> resources.metrics(query, response));
      default ->
          throw new HttpFailure(
              HttpStatus.NOT_FOUND_404,
              Problem.of("there is nothing under this path")
                  .with("path", path)
                  .advise(
                      "ask for /keys/KEY, /scan?prefix=, /members, /ring, /status or /metrics"));
    };
  }

  /** The key that is asked for, which is taken out of the query; null if none is. */
  private static @Nullable String key(String path, Map<String, String> query) {
    if (path.startsWith(KEYS)) {
      return Percent.path(path.substring(KEYS.length()));
    }
    // The server lets no U+0000 through in a path; a key may hold it.
    return (path + '/').equals(KEYS) ? query.remove("key") : null;
  }

  private static void perform(Request request, Response response, Map<HttpMethod, Action> actions)
      throws IOException {
    HttpMethod method = HttpMethod.fromString(request.getMethod());
    Action action = method == null ? null : actions.get(method);
    if (action == null) {
      String allowed =
          String.join(", ", actions.keySet().stream().map(HttpMethod::asString).sorted().toList());
      response.getHeaders().put(HttpHeader.ALLOW, allowed);
      throw new HttpFailure(
          HttpStatus.METHOD_NOT_ALLOWED_405,
          Problem.of("method is not one of the path's")
              .with("method", request.getMethod())
              .with("allowed", allowed));
    }
    action.run();
  }

  private void authorize(Request request, Response response) {
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
