package dev.tidemark.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.replication.ReplicationOptions;
import dev.tidemark.storage.Options;
import dev.tidemark.tools.Tool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What members of a ring answer over HTTP. */
class RingNodeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Schema SCHEMA = Schema.of("", Strategy.LWW_REGISTER);
  private static final long LONG_NANOS = Duration.ofSeconds(60).toNanos();

  @TempDir private Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Node> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    nodes.forEach(Node::close);
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private Node start(String name, Interest interest, Node... peers) throws Exception {
    Options options =
        Options.defaults()
            .withStewardInterval(Duration.ofMillis(20))
            .withRingMember(name)
            .withInterest(interest);
    ReplicationOptions replication =
        ReplicationOptions.of("test", name)
            .withPlainText()
            .withWaits(Duration.ofMillis(5), Duration.ofMillis(50))
            .withListen(loopback(0))
            .withPeers(List.of(peers).stream().map(peer -> loopback(peer.port())).toList());
    Node node =
        Node.start(
            directory.resolve(name),
            SCHEMA,
            options,
            replication,
            new HttpOptions(loopback(0), null));
    nodes.add(node);
    return node;
  }

  private HttpResponse<String> ask(Node at, String method, String path, String body)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + at.httpPort() + path);
    return client.send(
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode ring(Node at) throws Exception {
    HttpResponse<String> answer = ask(at, "GET", "/ring", "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private void awaitSettled(Node at, long epoch) throws Exception {
    long deadline = System.nanoTime() + LONG_NANOS;
    JsonNode ring = ring(at);
    while (ring.path("epoch").asLong() != epoch || !ring.path("settled").asBoolean()) {
      assertThat(System.nanoTime()).as(ring.toString()).isLessThan(deadline);
      Thread.yield();
      ring = ring(at);
    }
  }

  @Test
  void announcesChangesAndShowsItAndSendsWritersToTheOwners() throws Exception {
    Node a = start("a", Interest.ALL);
    Node b = start("b", Interest.NONE, a);
    assertThat(ring(a).path("epoch").asLong()).isZero();
    HttpResponse<String> early = ask(a, "POST", "/ring", "{\"op\":\"join\",\"name\":\"b\"}");
    assertThat(early.statusCode()).as(early.body()).isEqualTo(409);
    assertThat(early.body()).contains("no ring was announced");
    ask(a, "POST", "/keys/before", "{\"op\":\"set\",\"args\":[\"x\"]}");

    HttpResponse<String> announced =
        ask(
            a,
            "POST",
            "/ring",
            "{\"op\":\"announce\",\"members\":[\"a\",\"b\"],\"points\":16,\"copies\":1}");
    assertThat(announced.statusCode()).as(announced.body()).isEqualTo(200);
    awaitSettled(a, 1);
    awaitSettled(b, 1);

    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      statuses.add(expectTakenByItsOwnerAlone("key" + i, a, b));
    }
    assertThat(statuses).contains(200, 421);
    JsonNode status = JSON.readTree(ask(b, "GET", "/status", "").body());
    assertThat(status.path("ring").path("epoch").asLong()).isEqualTo(1);
    assertThat(status.path("ring").path("phase").asText()).isIn("DONE", "SETTLED");

    assertThat(ask(b, "POST", "/ring", "{\"op\":\"leave\",\"name\":\"c\"}").statusCode())
        .isEqualTo(400);
    assertThat(ask(b, "POST", "/ring", "{\"op\":\"leave\"}").statusCode()).isEqualTo(400);
    assertThat(ask(b, "POST", "/ring", "nonsense").statusCode()).isEqualTo(400);
    assertThat(ask(b, "POST", "/ring", "{\"op\":\"leave\",\"x\":1}").statusCode()).isEqualTo(400);
    ask(a, "POST", "/ring", "{\"op\":\"leave\",\"name\":\"b\"}");
    awaitSettled(a, 2);
    assertThat(ring(a).path("holds").asText()).isEqualTo("all keys");
    assertThat(ask(a, "GET", "/keys/before", "").body().strip()).isEqualTo("\"x\"");
  }

  /** The status at the first of them. */
  private int expectTakenByItsOwnerAlone(String key, Node a, Node b) throws Exception {
    String body = "{\"op\":\"set\",\"args\":[\"y\"]}";
    HttpResponse<String> atA = ask(a, "POST", "/keys/" + key, body);
    HttpResponse<String> atB = ask(b, "POST", "/keys/" + key, body);
    boolean isOfA = atA.statusCode() == 200;
    JsonNode refusal = JSON.readTree((isOfA ? atB : atA).body());
    assertThat((isOfA ? atB : atA).statusCode()).as(refusal.toString()).isEqualTo(421);
    assertThat(refusal.path("owners").get(0).asText()).isEqualTo(isOfA ? "a" : "b");
    assertThat(refusal.path("fields").path("epoch").asText()).isEqualTo("1");
    assertThat((isOfA ? atA : atB).statusCode()).isEqualTo(200);
    return atA.statusCode();
  }

  /** A cluster that is served could be founded, and a member retired, only by closing a store. */
  @Test
  void foundsAClusterAdmitsAndRetiresWhileItServes() throws Exception {
    Node a = start("a", Interest.ALL);
    String url = "http://127.0.0.1:" + a.httpPort();
    assertThat(Tool.fine("members", url).out())
        .contains("cluster    none: nothing is forgotten until one is founded");
    assertThat(ask(a, "POST", "/members", "{\"op\":\"admit\",\"replica\":\"7\"}").statusCode())
        .isEqualTo(409);
    assertThat(ask(a, "POST", "/members", "{\"op\":\"found\"}").body()).contains("\"position\":");

    assertThat(Tool.fine("members", url, "--admit", "7").lines())
        .anyMatch(line -> line.startsWith("member     7, "));
    JsonNode members = JSON.readTree(ask(a, "GET", "/members", "").body());
    assertThat(members.path("founded").asBoolean()).isTrue();
    assertThat(members.path("members")).hasSize(2);
    assertThat(JSON.readTree(Tool.fine("members", url, "--json").out())).isEqualTo(members);
    assertThat(Tool.fine("members", url, "--retire", "7").out())
        .doesNotContain("member     7, last");

    for (String wrong :
        new String[] {
          "{}",
          "nonsense",
          "{\"op\":\"retire\"}",
          "{\"op\":\"retire\",\"replica\":\"x\"}",
          "{\"op\":\"admit\",\"replica\":\"7\"}",
          "{\"op\":\"found\",\"x\":1}"
        }) {
      HttpResponse<String> answer = ask(a, "POST", "/members", wrong);
      assertThat(answer.statusCode()).as(wrong + ": " + answer.body()).isEqualTo(400);
    }
    assertThat(ask(a, "DELETE", "/members", "").statusCode()).isEqualTo(405);
    Tool reissue = Tool.run("members", url, "--reissue", "x");
    assertThat(reissue.exitCode()).as(reissue.toString()).isEqualTo(1);
  }
}
