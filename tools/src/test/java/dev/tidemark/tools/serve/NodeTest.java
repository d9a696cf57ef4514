package dev.tidemark.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.replication.ReplicationOptions;
import dev.tidemark.tools.LocalHost;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a served store answers. */
class NodeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Schema SCHEMA =
      Schema.of("", Strategy.LWW_REGISTER)
          .and("cart:", Strategy.OR_SET)
          .and("n:", Strategy.PN_COUNTER)
          .and("rl:", Strategy.EPOCH_MAX)
          .and("m:", Strategy.ofId("or-map:pn-counter"))
          .and("h:", Strategy.LWW_MAP)
          .and("f:", Strategy.EW_FLAG)
          .and("mv:", Strategy.MV_REGISTER)
          .and("j:", Strategy.JOURNAL);

  @TempDir private static Path common;
  private static Node shared;

  @TempDir private Path directory;

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Node> nodes = new ArrayList<>();
  private Node node;

  /** Most tests ask one node, of keys of their own: to close one takes longer than to ask it. */
  @BeforeAll
  static void startShared() throws IOException {
    ReplicationOptions replication = ReplicationOptions.of("test", "a").withPlainText();
    HttpOptions http = new HttpOptions(loopback(0), null);
    shared = Node.start(common.resolve("a"), SCHEMA, replication, http);
  }

  @AfterAll
  static void closeShared() {
    shared.close();
  }

  @BeforeEach
  void askShared() {
    node = shared;
  }

  @AfterEach
  void close() {
    nodes.forEach(Node::close);
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static InetSocketAddress unused() throws IOException {
    InetAddress own = InetAddress.getByName(LocalHost.address());
    try (ServerSocket socket = new ServerSocket(0, 1, own)) {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }
  }

  private Node start(String name, ReplicationOptions replication, String token) throws IOException {
    HttpOptions http = new HttpOptions(loopback(0), token);
    Node started = Node.start(directory.resolve(name), SCHEMA, replication, http);
    nodes.add(started);
    return started;
  }

  private record Answer(int status, String body) {
    JsonNode json() throws IOException {
      return JSON.readTree(body);
    }
  }

  private Answer ask(String method, Node at, String path, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.httpPort() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body());
  }

  private Answer get(String path) throws Exception {
    return ask("GET", node, path, "");
  }

  private Answer post(String path, String body) throws Exception {
    return ask("POST", node, path, body);
  }

  private long position() throws Exception {
    return get("/status").json().get("appendedPosition").asLong();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u00a7',
      value = {
        "cart:1 | {'op':'add','args':['milk']} | ['milk']",
        "n:1 | {'op':'decrement','args':[3],'durability':'BUFFERED'} | -3",
        "rl:1 | {'op':'put','args':[18446744073709551615,-7]} |"
            + " {'epoch':18446744073709551615,'count':-7}",
        "m:1 | {'op':'update','args':['f','increment',3]} | {'f':3}",
        "h:1 | {'op':'put','args':['f','v'],'level':'LOCAL'} | {'f':'v'}",
        "f:1 | {'op':'enable'} | true",
        "f:2 | {'op':'enable','args':[]} | true",
        "mv:1 | {'op':'set','args':['x'],'level':'MAJORITY'} | ['x']",
        "j:1 | {'op':'append','args':['happened']} | ['happened']",
        "plain | {'op':'set','args':['\\u00e4\\u0000']} | '\\u00e4\\u0000'"
      })
  void doesEachOperationAndGivesTheValueAsInTheConformanceFiles(
      String key, String body, String value) throws Exception {
    long before = position();

    Answer made = post("/keys/" + key, body.replace('\'', '"'));

    assertThat(made.status()).as(made.body()).isEqualTo(200);
    assertThat(made.json().get("position").asLong()).isEqualTo(before + 1);
    assertThat(get("/keys/" + key).json()).isEqualTo(JSON.readTree(value.replace('\'', '"')));
  }

  @ParameterizedTest
  @CsvSource({
    "/keys/a%2Fb%2E%2E%20c, a/b.. c",
    "/keys/a/b, a/b",
    "/keys/%C3%A4+%25, ä+%",
    "/keys/a;b, a;b",
    "/keys?key=%C3%A4+b, ä b"
  })
  void aKeyIsAnyText(String path, String key) throws Exception {
    assertThat(post(path, "{\"op\":\"set\",\"args\":[\"v\"]}").status()).isEqualTo(200);

    assertThat(get(path).body()).isEqualTo("\"v\"\n");
    String prefix = URLEncoder.encode(key, StandardCharsets.UTF_8);
    assertThat(get("/scan?prefix=" + prefix).json().get(0).get("key").textValue()).isEqualTo(key);
  }

  @Test
  void aKeyThatHoldsNothingPrintableGoesIntoTheQuery() throws Exception {
    post("/keys?key=%00", "{\"op\":\"set\",\"args\":[\"v\"]}");

    assertThat(get("/keys?key=%00").body()).isEqualTo("\"v\"\n");
    assertThat(get("/keys?key=").body()).contains("\"title\":\"key is empty\"");
  }

  @Test
  void aDeleteIsAnOperationAndAnAbsentKeyHasItsEmptyValue() throws Exception {
    post("/keys/cart:deleted", "{\"op\":\"add\",\"args\":[\"milk\"]}");
    long before = position();

    assertThat(ask("DELETE", node, "/keys/cart:deleted", "").json().get("position").asLong())
        .isEqualTo(before + 1);
    assertThat(get("/keys/cart:deleted").body()).isEqualTo("[]\n");
    assertThat(get("/keys/absent").body()).isEqualTo("null\n");
  }

  @Test
  void aScanGivesTheKeysUnderAPrefix() throws Exception {
    post("/keys/cart:of/1", "{\"op\":\"add\",\"args\":[\"milk\"]}");
    post("/keys/cart:of/2", "{\"op\":\"add\",\"args\":[\"tea\"]}");
    post("/keys/n:of", "{\"op\":\"increment\",\"args\":[1]}");

    assertThat(get("/scan?prefix=cart%3Aof").json())
        .isEqualTo(
            JSON.readTree(
                "[{\"key\":\"cart:of/1\",\"strategy\":\"or-set\",\"value\":[\"milk\"]},"
                    + "{\"key\":\"cart:of/2\",\"strategy\":\"or-set\",\"value\":[\"tea\"]}]"));
    assertThat(get("/scan?prefix=&limit=1").json()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u00a7',
      value = {
        "POST | /keys/cart:1 | {'op':'set','args':['x']} | 400 | operation is not one of the",
        "POST | /keys/cart:1 | {'op':'add'} | 400 | operation has the wrong number of arguments",
        "POST | /keys/cart:1 | {'op':'add','args':'x'} | 400 | field is not an array",
        "POST | /keys/cart:1 | {'args':['x']} | 400 | field is missing",
        "POST | /keys/cart:1 | {'op':'add','args':['x'],'lvl':1} | 400 | unknown field",
        "POST | /keys/cart:1 | {'op':'add','args':[1.5]} | 400 | argument is neither",
        "POST | /keys/cart:1 | {'op':'add','op':'add'} | 400 | body is not JSON",
        "POST | /keys/cart:1 | [] | 400 | body is not a JSON object",
        "POST | /keys/cart:1 | {'op':'add','args':['x'],'level':'MOST'} | 400 | level is not one",
        "POST | /keys/cart:1 | {'op':'add','args':['x'],'level':2} | 400 | level needs more",
        "POST | /keys/cart:1 | {'op':'add','args':['x'],'durability':'NONE'} | 400 | durability",
        "POST | /keys/cart:1?level=ALL | {'op':'add','args':['x']} | 400 | unknown parameter",
        "POST | /status | {} | 405 | method is not one of the path's",
        "POST | /keys/n:1 | {'op':'increment','args':['5']} | 400 | amount is a string, and has to",
        "POST | /keys/cart:1 | {'op':'add','timeoutMillis':1.5} | 400 | field is neither a string",
        "GET | /scan?limit=-1 |  | 400 | limit is not one",
        "GET | /keys/%C3 |  | 400 | URL is not percent-encoded UTF-8",
        "GET | /scan?prefix=a&prefix=b |  | 400 | parameter is given twice",
        "GET | /keys |  | 404 | there is nothing under this path",
        "GET | /other |  | 404 | there is nothing under this path",
      })
  void aMistakeIsAnsweredAsJsonAndChangesNothing(
      String method, String path, String body, int status, String title) throws Exception {
    long before = position();

    Answer answer = ask(method, node, path, body == null ? "" : body.replace('\'', '"'));

    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.json().get("title").textValue()).startsWith(title);
    assertThat(answer.json().get("fields").isObject()).isTrue();
    assertThat(position()).isEqualTo(before);
  }

  /** The parser's own words, "Source: REDACTED", and a name of one of its classes came out. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u00a7',
      value = {
        "/keys/x | { | Unexpected end-of-input: expected close marker for Object, at line 1",
        "/ring | {'op':'announce','members':'a'} | field members is of another type",
        "/members | {'op':'found','x':1} | there is no field x",
        "/members | [] | it has another form, at line 1",
      })
  void whatIsWrongWithJsonIsSaidInPlainWords(String path, String body, String reason)
      throws Exception {
    Answer answer = post(path, body.replace('\'', '"'));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("fields").path("reason").asText()).startsWith(reason);
    assertThat(answer.body()).doesNotContain("REDACTED", "`");
  }

  @Test
  void aHeadIsAnsweredAsAGetWithoutItsBody() throws Exception {
    for (String path : List.of("/keys/x", "/scan", "/status", "/metrics", "/members", "/ring")) {
      Answer head = ask("HEAD", node, path, "");

      assertThat(head.status()).as(path).isEqualTo(200);
      assertThat(head.body()).isEmpty();
    }
    assertThat(ask("PUT", node, "/status", "").json().path("fields").path("allowed").asText())
        .isEqualTo("GET, HEAD");
  }

  @Test
  void anAddressInUseIsNamed() throws Exception {
    ReplicationOptions other = ReplicationOptions.of("test", "b").withPlainText();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "address=127.0.0.1:" + taken.getLocalPort();
      InetSocketAddress at = new InetSocketAddress("127.0.0.1", taken.getLocalPort());

      for (boolean web : new boolean[] {true, false}) {
        ReplicationOptions options = web ? other : other.withListen(at);
        HttpOptions http = web ? new HttpOptions(at, null) : null;
        assertThatThrownBy(() -> Node.start(directory.resolve("b"), SCHEMA, options, http))
            .isInstanceOf(BindException.class)
            .hasMessageContaining("address cannot be listened on: " + address);
      }
    }
  }

  @Test
  void aBodyThatIsTooLongIsRefusedAndTheNextRequestIsAnswered() throws Exception {
    Answer tooLong = post("/keys/x", "x".repeat(Body.MOST_BYTES + 1));

    assertThat(tooLong.status()).isEqualTo(413);
    String longest = "x".repeat(1 << 20);
    assertThat(post("/keys/x", "{\"op\":\"set\",\"args\":[\"" + longest + "\"]}").status())
        .isEqualTo(200);
    assertThat(get("/keys/x").json().textValue()).isEqualTo(longest);
  }

  @Test
  void whoSendsNoHttpIsAnsweredInJsonAndHoldsNobodyUp() throws Exception {
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), node.httpPort());
        Socket noisy = new Socket(InetAddress.getLoopbackAddress(), node.httpPort())) {
      silent.getOutputStream().write("POST /keys/x HTTP/1.1\r\nContent-Le".getBytes());
      OutputStream out = noisy.getOutputStream();
      out.write("GARBAGE\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      String answer = new String(noisy.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);

      assertThat(answer).isEqualTo("HTTP/1.1 400");
      assertThat(get("/status").status()).isEqualTo(200);
    }
  }

  @Test
  void aTokenIsAskedForAndComparedWhole() throws Exception {
    node = start("a", ReplicationOptions.of("test", "a").withPlainText(), "0123456789secret");

    assertThat(get("/status").status()).isEqualTo(401);
    assertThat(ask("GET", node, "/metrics", "", "Authorization", "Bearer 0123456789secre").status())
        .isEqualTo(401);
    assertThat(
            ask("GET", node, "/metrics", "", "Authorization", "Bearer 0123456789secret").status())
        .isEqualTo(200);
  }

  @Test
  void withoutATokenNoWebPageMayAskAndNoOtherMachine() throws Exception {
    assertThat(ask("GET", node, "/status", "", "Origin", "http://example.org").status())
        .isEqualTo(403);
    assertThatThrownBy(() -> new HttpOptions(new InetSocketAddress("0.0.0.0", 0), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs a token");
  }

  @Test
  void aLevelIsWaitedForAndWhoDidNotTellInTimeIsMissingFromTheAnswer() throws Exception {
    InetSocketAddress atA = unused();
    InetSocketAddress atB = unused();
    ReplicationOptions options = ReplicationOptions.of("test", "a").withPlainText();
    node = start("a", options.withListen(atA).withPeers(List.of(atB)), null);

    Answer late =
        post("/keys/x", "{\"op\":\"set\",\"args\":[\"v\"],\"level\":\"ALL\",\"timeoutMillis\":10}");

    assertThat(late.status()).isEqualTo(504);
    assertThat(late.json().get("position").asLong()).isEqualTo(1);
    assertThat(late.json().get("needed").asInt()).isEqualTo(2);
    assertThat(late.json().get("reached")).isEqualTo(JSON.readTree("[\"a\"]"));

    Node other =
        start(
            "b",
            ReplicationOptions.of("test", "b")
                .withPlainText()
                .withListen(atB)
                .withPeers(List.of(atA)),
            null);
    Answer made =
        post(
            "/keys/x",
            "{\"op\":\"set\",\"args\":[\"w\"],\"level\":\"ALL\",\"timeoutMillis\":60000}");
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    assertThat(made.json().get("reached")).isEqualTo(JSON.readTree("[\"a\",\"b\"]"));
    assertThat(ask("GET", other, "/keys/x", "").body()).isEqualTo("\"w\"\n");
    assertThat(get("/keys/x?level=MAJORITY&timeoutMillis=60000").body()).isEqualTo("\"w\"\n");
    assertThat(get("/status").json().get("peers").get(0).get("name").textValue()).isEqualTo("b");
    expectMetric("tidemark_log_position 2.0");
  }

  /** The numbers are of one look at the store, and up to a second old. */
  private void expectMetric(String line) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    String body = get("/metrics").body();
    while (!body.contains(line) && System.nanoTime() < deadline) {
      body = get("/metrics").body();
    }
    assertThat(body).contains(line);
  }
}
