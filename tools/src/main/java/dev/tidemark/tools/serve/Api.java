package dev.tidemark.tools.serve;

import dev.tidemark.error.Problem;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What may be asked for, and how what goes wrong is answered. */
final class Api extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(Api.class);
  private static final String KEYS = "/keys/";

  private final Access access;
  private final Resources resources;
  private final Deadlines deadlines;

  Api(Access access, Resources resources, Deadlines deadlines) {
    this.access = access;
    this.resources = resources;
    this.deadlines = deadlines;
  }

  /** One that can be asked for. */
  @FunctionalInterface
  private interface Action {
    void run() throws IOException;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      access.require(request, response);
    } catch (HttpFailure refused) {
      // Else who may not ask could hold a connection for ever by asking now and then.
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
      fail(request, response, callback, refused);
      return true;
    }
    Connection connection = request.getConnectionMetaData().getConnection();
    Request.addCompletionListener(request, end -> deadlines.awaitRequest(connection));
    deadlines.awaitRequest(connection);
    Body.read(
        request,
        body -> {
          deadlines.awaitAnswer(connection);
          answer(request, body, response, callback);
        },
        cause -> fail(request, response, callback, cause));
    return true;
  }

  private void answer(Request request, byte[] body, Response response, Callback callback) {
    try {
      route(request, body, response);
      callback.succeeded();
    } catch (IOException gone) {
      // Only who asks is written to.
      callback.failed(gone);
    } catch (Exception | AssertionError e) {
      fail(request, response, callback, e);
    }
  }

  private static void fail(
      Request request, Response response, Callback callback, Throwable thrown) {
    if (HttpFailure.status(thrown) == HttpStatus.INTERNAL_SERVER_ERROR_500) {
      LOG.warn("request failed", thrown);
    }
    if (response.isCommitted()) {
      // Half an answer must not look like a whole one.
      callback.failed(thrown);
      return;
    }
    // Many clients read no answer before they have sent everything.
    Runnable rest = () -> Content.Source.consumeAll(request, callback);
    Answer.failure(response, thrown, Callback.from(rest, callback::failed));
  }

  private void route(Request request, byte[] body, Response response) throws IOException {
    String path = String.valueOf(request.getHttpURI().getPath());
    String raw = request.getHttpURI().getQuery();
    Map<String, String> query = Percent.query(raw == null ? "" : raw);
    String key = key(path, query);
    perform(
        request,
        response,
        key == null
            ? actions(path, body, query, response)
            : Map.of(
                HttpMethod.GET, () -> resources.read(key, query, response),
                HttpMethod.POST, () -> resources.update(key, body, query, response),
                HttpMethod.DELETE, () -> resources.delete(key, query, response)));
  }

  private Map<HttpMethod, Action> actions(
      String path, byte[] body, Map<String, String> query, Response response) {
    return switch (path) {
      case "/ring" ->
          Map.of(
              HttpMethod.GET, () -> resources.ring(query, response),
              HttpMethod.POST, () -> resources.changeRing(body, query, response));
      case "/members" ->
          Map.of(
              HttpMethod.GET, () -> resources.members(query, response),
              HttpMethod.POST, () -> resources.changeMembers(body, query, response));
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
    // The server leaves out the body.
    Action action =
        method == null ? null : actions.get(method == HttpMethod.HEAD ? HttpMethod.GET : method);
    if (action == null) {
      TreeSet<String> methods = new TreeSet<>(Set.of(HttpMethod.HEAD.asString()));
      actions.keySet().forEach(one -> methods.add(one.asString()));
      String allowed = String.join(", ", methods);
      response.getHeaders().put(HttpHeader.ALLOW, allowed);
      throw new HttpFailure(
          HttpStatus.METHOD_NOT_ALLOWED_405,
          Problem.of("method is not one of the path's")
              .with("method", request.getMethod())
              .with("allowed", allowed));
    }
    action.run();
  }
}
