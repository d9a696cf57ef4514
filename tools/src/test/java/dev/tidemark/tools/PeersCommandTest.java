package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.replication.ReplicationOptions;
import dev.tidemark.tools.serve.HttpOptions;
import dev.tidemark.tools.serve.Node;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersCommandTest {
  @TempDir private Path directory;

  @Test
  void tellsOfADirectoryWhoseOperationsItHas() {
    Path store = directory.resolve("store");
    Tool.fine("update", store, "k", "set", "v", "--schema", "=lww-register");

    assertThat(Tool.fine("peers", store).out()).contains("has   1 operations of replica ");
    assertThat(Tool.fine("peers", store, "--json").out()).contains("\"replicas\":{\"");
  }

  @Test
  void tellsOfAServedStoreWhoIsConnectedAndNeedsItsToken() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "0123456789secret\n");
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Node node =
        Node.start(
            directory.resolve("store"),
            Schema.of("", Strategy.LWW_REGISTER),
            ReplicationOptions.of("test", "alone").withPlainText(),
            new HttpOptions(any, "0123456789secret"))) {
      String url = "http://127.0.0.1:" + node.httpPort();

      Tool refused = Tool.run("peers", url);
      Tool told = Tool.fine("peers", url, "--http-token-file", token);

      assertThat(refused.exitCode()).isEqualTo(3);
      assertThat(refused.err()).startsWith("tidemark: store does not answer").hasLineCount(1);
      assertThat(told.out()).startsWith("self  alone, replica ").hasLineCount(1);
      assertThat(Tool.fine("peers", url, "--json", "--http-token-file", token).out())
          .isEqualTo("{\"peers\":[],\"members\":[],\"troubles\":[],\"ended\":{}}\n");
    }
  }

  /** The log and the command said nothing at all. */
  @Test
  void tellsWhyAPeerThatIsConfiguredIsNotConnected() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Schema schema = Schema.of("", Strategy.LWW_REGISTER);
    try (Node other =
            Node.start(
                directory.resolve("other"),
                schema,
                ReplicationOptions.of("another", "b").withPlainText().withListen(any),
                null);
        Node node =
            Node.start(
                directory.resolve("store"),
                schema,
                ReplicationOptions.of("test", "a")
                    .withPlainText()
                    .withPeers(
                        List.of(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), other.port()))),
                new HttpOptions(any, null))) {
      String url = "http://127.0.0.1:" + node.httpPort();
      String told = Tool.fine("peers", url).out();
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
      while (!told.contains("WRONG_CLUSTER") && System.nanoTime() < deadline) {
        told = Tool.fine("peers", url).out();
      }
      assertThat(told)
          .contains("session with localhost:" + other.port() + " since ")
          .contains("WRONG_CLUSTER");
      assertThat(Tool.fine("peers", url, "--json").out())
          .contains("\"troubles\":[{\"address\":\"localhost:")
          .contains("\"reason\":\"WRONG_CLUSTER\"");
    }
  }

  /** A file that held one letter was taken for a token. */
  @Test
  void aTokenThatCanBeGuessedIsRefusedForPeersAndForRequests() throws Exception {
    Path store = directory.resolve("store");
    Path file = Files.writeString(directory.resolve("token"), "0123456789abcde\n");
    for (String option : new String[] {"--token-file", "--http-token-file"}) {
      Tool serve =
          Tool.run("serve", store, "--schema", "=or-set", "--http", "127.0.0.1:0", option, file);

      assertThat(serve.exitCode()).isEqualTo(1);
      assertThat(serve.err()).contains("token is too short: chars=15, least=16").hasLineCount(1);
    }
    assertThat(store).doesNotExist();
  }

  /** The store was created before the options were found wrong. */
  @Test
  void aStoreThatMayNotBeServedSoIsNotCreated() {
    Path store = directory.resolve("store");

    Tool open = Tool.run("serve", store, "--schema", "=or-set", "--listen", "0.0.0.0:0");
    Tool web = Tool.run("serve", store, "--schema", "=or-set", "--http", "0.0.0.0:0");

    Tool dial = Tool.run("serve", store, "--schema", "=or-set", "--dial", "EVERYBODY");

    assertThat(open.exitCode()).isEqualTo(1);
    assertThat(open.err()).contains("there is no certificate").hasLineCount(1);
    assertThat(web.exitCode()).isEqualTo(1);
    assertThat(web.err()).contains("needs a token").hasLineCount(1);
    assertThat(dial.exitCode()).isEqualTo(1);
    assertThat(dial.err()).contains("EVERYBODY", "NOBODY, ALLOWED, ANYBODY");
    assertThat(store).doesNotExist();
  }
}
