package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.replication.ReplicationOptions;
import dev.tidemark.tools.serve.HttpOptions;
import dev.tidemark.tools.serve.Node;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingCommandTest {
  @TempDir Path temporary;
  private Path store;

  @BeforeEach
  void createStore() {
    store = temporary.resolve("store");
    Tidemark.open(store, Schema.empty()).close();
  }

  @Test
  void aStoreWithoutARingSaysSo() {
    assertThat(Tool.fine("ring", store).lines())
        .containsExactly(
            "ring       none: each store holds what it was opened for", "holds      all keys");
    assertThat(Tool.fine("ring", "--json", store).out()).contains("\"epoch\":0");
    Tool join = Tool.run("ring", store, "--name", "a", "--join", "b");
    assertThat(join.exitCode()).isEqualTo(3);
    assertThat(join.err()).contains("no ring was announced");
  }

  @Test
  void announcesAndChangesARingInADirectory() {
    Tool.fine("ring", store, "--name", "a", "--announce", "a", "--announce", "b", "--copies", "1");
    assertThat(Tool.fine("ring", store).lines())
        .anyMatch(line -> line.startsWith("ring       epoch 1, 1 copies, waits for "))
        .anyMatch(line -> line.startsWith("member     a, "))
        .anyMatch(line -> line.startsWith("member     b, awaiting"));
    assertThat(Tool.fine("status", store).lines())
        .anyMatch(line -> line.startsWith("ring       epoch 1, "));
    assertThat(Tool.fine("stat", store).lines())
        .anyMatch(line -> line.startsWith("ring       epoch 1, "));
    assertThat(Tool.fine("stat", store, "--json").out()).contains("\"ringEpoch\":1");
    assertThat(Tool.fine("ring", store, "--name", "a", "--leave", "b").lines())
        .anyMatch(line -> line.startsWith("ring       epoch 2, "))
        .anyMatch(line -> line.startsWith("leaving    b, "));
    assertThat(Tool.fine("ring", store, "--json").out())
        .contains("\"epoch\":2", "\"leaving\":true");
  }

  @Test
  void aWrongChangeIsRefusedAndNothingChanges() {
    assertThat(Tool.run("ring", store, "--announce", "a").err()).contains("store is not named");
    assertThat(Tool.run("ring", store, "--announce", "a").exitCode()).isEqualTo(1);
    assertThat(Tool.run("ring", store, "--name", "a", "--announce", "b").exitCode()).isEqualTo(1);
    assertThat(Tool.run("ring", store, "--join", "a", "--leave", "b").exitCode()).isEqualTo(1);
    assertThat(Tool.run("ring", temporary.resolve("none"), "--name", "a", "--join", "b").exitCode())
        .isEqualTo(3);
    assertThat(Tool.fine("ring", "--json", store).out()).contains("\"epoch\":0");
  }

  @Test
  void asksAStoreThatIsServed() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ReplicationOptions replication = ReplicationOptions.of("test", "a").withPlainText();
    try (Node node = Node.start(store, Schema.empty(), replication, new HttpOptions(any, null))) {
      String url = "http://127.0.0.1:" + node.httpPort();
      assertThat(Tool.fine("ring", url).lines()).contains("holds      all keys");
      Tool join = Tool.run("ring", url, "--join", "b");
      assertThat(join.exitCode()).isEqualTo(3);
      assertThat(join.err()).contains("409 store has no name in the ring");
    }
  }
}
