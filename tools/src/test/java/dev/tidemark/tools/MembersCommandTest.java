package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembersCommandTest {
  @TempDir Path temporary;
  private Path store;
  private Path other;

  @BeforeEach
  void createStores() {
    store = temporary.resolve("store");
    other = temporary.resolve("other");
    open(store, 1).close();
    open(other, 2).close();
  }

  private static Tidemark open(Path directory, long replica) {
    Options options = Options.defaults().withReplicaId(replica).withStewardInterval(Duration.ZERO);
    return Tidemark.open(directory, Schema.empty(), options);
  }

  private void pull(Path from, Path to) {
    Options options = Options.defaults().withStewardInterval(Duration.ZERO);
    try (Tidemark a = Tidemark.open(from, Schema.empty(), options);
        Tidemark b = Tidemark.open(to, Schema.empty(), options);
        Exchange exchange = new Exchange(a, b)) {
      exchange.pull();
      b.members().acknowledge();
    }
  }

  @Test
  void aStoreWithoutAClusterSaysSo() {
    assertThat(Tool.fine("members", store).lines())
        .containsExactly(
            "replica    1", "cluster    none: nothing is forgotten until one is founded");
    assertThat(Tool.fine("members", "--json", store).out())
        .contains("\"founded\":false", "\"members\":[]");
    Tool admit = Tool.run("members", store, "--admit", "2");
    assertThat(admit.exitCode()).isEqualTo(3);
    assertThat(admit.err()).contains("store belongs to no cluster");
  }

  @Test
  void foundsAdmitsAndRetires() {
    assertThat(Tool.fine("members", store, "--found").lines())
        .anyMatch(line -> line.startsWith("member     1, ") && line.endsWith(", this store"));
    assertThat(Tool.run("members", store, "--found").err()).contains("founded already");
    assertThat(Tool.fine("members", store, "--admit", "2").lines())
        .anyMatch(line -> line.startsWith("member     2, "))
        .anyMatch(line -> line.contains(", for member 2, "));
    pull(store, other);
    try (Tidemark open = open(other, 2)) {
      open.update("a", new Update.SetValue(Bytes.utf8("1")));
    }
    pull(other, store);
    assertThat(Tool.fine("members", other, "--json").out())
        .contains("\"founded\":true,\"mayWrite\":true", "\"replica\":\"2\"");

    Tool retire = Tool.fine("members", store, "--retire", "2");
    assertThat(retire.lines()).noneMatch(line -> line.startsWith("member     2, "));
    assertThatThrownBy(() -> pull(store, other)).isInstanceOf(NotMemberException.class);
    assertThat(Tool.fine("members", other).lines()).contains("replica    2, must not write");
    Tool update = Tool.run("update", other, "a", "set", "2");
    assertThat(update.exitCode()).isEqualTo(3);
    assertThat(update.err()).contains("this store was retired from its cluster");
  }

  @Test
  void aWrongIdIsRefusedAndNothingChanges() {
    Tool.fine("members", store, "--found");
    for (String id : new String[] {"x", "0", "-1", ""}) {
      Tool admit = Tool.run("members", store, "--admit=" + id);
      assertThat(admit.exitCode()).as(admit.toString()).isEqualTo(1);
    }
    assertThat(Tool.run("members", store, "--retire", "9").err()).contains("replica is no member");
    assertThat(Tool.run("members", store, "--admit", "2", "--retire", "3").exitCode()).isEqualTo(1);
    assertThat(Tool.run("members", temporary.resolve("none"), "--found").exitCode()).isEqualTo(3);
  }

  @Test
  void makesAnewWhatARetiredStoreHadAlone() {
    Tool.fine("members", store, "--found");
    Tool.fine("members", store, "--admit", "2");
    pull(store, other);
    try (Tidemark open = open(other, 2)) {
      open.update("a", new Update.SetValue(Bytes.utf8("1")));
    }
    Tool early = Tool.run("members", store, "--reissue", other);
    assertThat(early.exitCode()).isEqualTo(3);
    assertThat(early.err()).contains("replica is waited for: replica=2", "retire it first");

    Tool.fine("members", store, "--retire", "2");
    assertThat(Tool.fine("members", store, "--reissue", other).err())
        .contains("made anew: 1 keys by 1 updates");
    assertThat(Tool.fine("read", store, "a").out()).contains("1");
    assertThat(Tool.fine("members", store, "--reissue", other).err())
        .contains("made anew: 0 keys by 0 updates");
    assertThat(Tool.run("members", store, "--reissue", temporary.resolve("none")).exitCode())
        .isEqualTo(3);
  }
}
