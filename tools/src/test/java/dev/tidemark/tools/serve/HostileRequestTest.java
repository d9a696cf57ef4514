package dev.tidemark.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.replication.ReplicationOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Connections that brought a byte of a head every three seconds were kept for ever, so that 128 of
 * them shut out everybody, without a token; bodies that dripped held all threads; and what was
 * wrong with a body was an error of the server, with its stack in the log.
 */
class HostileRequestTest {
  private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(1);

  @TempDir private Path directory;

  private final List<Socket> sockets = new ArrayList<>();
  private Node node;

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    if (node != null) {
      node.close();
    }
  }

  private static HttpOptions anyPort(String token) {
    return new HttpOptions(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), token);
  }

  private void start(String token) throws IOException {
    node =
        Node.start(
            directory.resolve("a"),
            Schema.of("", Strategy.LWW_REGISTER),
            ReplicationOptions.of("test", "a").withPlainText(),
            anyPort(token));
  }

  private Socket send(int port, String text) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    sockets.add(socket);
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  private static String head(String method, String... headers) {
    String all = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    return method + " /keys/x HTTP/1.1\r\nHost: localhost\r\n" + all + "\r\n";
  }

  private static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Whether the other side takes no more. */
  private static boolean isClosedToBytes(OutputStream out) {
    try {
      out.write('a');
      return false;
    } catch (IOException closed) {
      return true;
    }
  }

  @Test
  void whoBringsAHeadByteByByteIsCutOff() throws Exception {
    // Nothing comes to be asked of the store.
    try (Endpoint endpoint = new Endpoint(anyPort(null), null, 50)) {
      Socket slow = send(endpoint.port(), "GET /status HTTP/1.1\r\nX: ");
      OutputStream out = slow.getOutputStream();

      long deadline = System.nanoTime() + LONG_NANOS;
      boolean cut = false;
      while (!cut && System.nanoTime() < deadline) {
        LockSupport.parkNanos(1_000_000);
        cut = isClosedToBytes(out);
      }

      assertThat(cut).isTrue();
    }
  }

  @Test
  void whoMayNotAskKeepsNoConnection() throws Exception {
    start("0123456789abcdef");

    assertThat(rest(send(node.httpPort(), head("GET"))))
        .startsWith("HTTP/1.1 401")
        .contains("\r\nConnection: close\r\n");
  }

  @Test
  void bodiesThatDripHoldUpNobodyElse() throws Exception {
    start(null);
    for (int i = 0; i < Endpoint.THREADS + 5; i++) {
      send(node.httpPort(), head("POST", "Content-Length: 100000") + "{");
    }
    URI uri = URI.create("http://localhost:" + node.httpPort() + "/status");
    CompletableFuture<HttpResponse<String>> other =
        HttpClient.newHttpClient()
            .sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());

    // Before, for as long as anything came.
    long deadline = System.nanoTime() + LONG_NANOS;
    while (!other.isDone() && System.nanoTime() < deadline) {
      for (Socket socket : sockets) {
        isClosedToBytes(socket.getOutputStream());
      }
      LockSupport.parkNanos(10_000_000);
    }

    assertThat(other).isCompletedWithValueMatching(answer -> answer.statusCode() == 200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Content-Length: 100 | { | 400 | body did not come in whole",
        "Transfer-Encoding: chunked | zz | 400 | body did not come in whole",
        "Transfer-Encoding: chunked | 5 | 400 | body did not come in whole",
        "Content-Length: 999999999 | { | 413 | body is too large",
        "Content-Length: 99999999999999999999 | { | 400 | request cannot be handled",
      })
  void whatIsWrongWithABodyIsAnsweredAndNoErrorOfTheServer(
      String header, String body, int status, String title) throws Exception {
    start(null);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      Socket socket = send(node.httpPort(), head("POST", header) + body + "\r\n");
      socket.shutdownOutput();

      assertThat(rest(socket))
          .startsWith("HTTP/1.1 " + status)
          .contains("{\"title\":\"" + title + "\"");
    } finally {
      System.setErr(before);
    }
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"Accept: *", "Expect: 100-continue"})
  void aLengthThatIsTooMuchIsRefusedBeforeTheBodyComes(String header) throws Exception {
    start(null);

    Socket socket = send(node.httpPort(), head("POST", "Content-Length: 999999999", header));

    byte[] first = socket.getInputStream().readNBytes("HTTP/1.1 413".length());
    assertThat(new String(first, StandardCharsets.UTF_8)).isEqualTo("HTTP/1.1 413");
  }

  @Test
  void aBodyOfUnknownLengthIsReadUpToTheBoundAndTheAnswerArrives() throws Exception {
    start(null);
    String chunk = "x".repeat(1 << 20);
    StringBuilder body = new StringBuilder(head("POST", "Transfer-Encoding: chunked"));
    for (int i = 0; i < 8; i++) {
      body.append("100000\r\n").append(chunk).append("\r\n");
    }

    Socket socket = send(node.httpPort(), body + "0\r\n\r\n");

    assertThat(rest(socket)).startsWith("HTTP/1.1 413").contains("body is too large");
  }
}
