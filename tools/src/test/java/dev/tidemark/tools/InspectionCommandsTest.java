package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.tools.output.Printer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InspectionCommandsTest {
  private static final Schema SCHEMA =
      Schema.of("cart:", Strategy.OR_SET).and("n:", Strategy.PN_COUNTER);

  @TempDir Path temporary;
  private Path store;

  @BeforeEach
  void createStore() {
    store = temporary.resolve("store");
    Options options = Options.defaults().withReplicaId(7).withClock(() -> 1_000_000);
    try (Tidemark open = Tidemark.open(store, SCHEMA, options)) {
      open.update("cart:2", new Update.Add(Bytes.utf8("tea")));
      open.update("cart:1", new Update.Add(Bytes.utf8("milk")));
      open.update("n:1", new Update.Increment(3));
      open.update("n:1", new Update.Decrement(5));
      open.update("cart:1", new Update.Remove(Bytes.utf8("milk")));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "read DIR cart:1",
        "scan DIR cart:",
        "schema DIR",
        "log DIR",
        "status DIR",
        "stat DIR",
        "why DIR cart:1",
        "verify DIR"
      })
  void changeNoByte(String line) {
    Map<String, String> before = DirectoryDigest.of(store);

    Tool.fine((Object[]) line.replace("DIR", store.toString()).split(" "));

    assertThat(DirectoryDigest.of(store)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "read DIR k",
        "scan DIR k",
        "schema DIR",
        "log DIR",
        "status DIR",
        "stat DIR",
        "why DIR k",
        "verify DIR"
      })
  void sayThatThereIsNoStore(String line) {
    for (Path directory : new Path[] {temporary, temporary.resolve("missing")}) {
      Tool tool = Tool.run((Object[]) line.replace("DIR", directory.toString()).split(" "));

      assertThat(tool.exitCode()).isEqualTo(3);
      assertThat(tool.out()).isEmpty();
      assertThat(tool.err().lines()).hasSize(1);
      assertThat(tool.err()).startsWith("tidemark: ");
    }
    assertThat(temporary.resolve("missing")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "read DIR n:1",
        "scan DIR n:",
        "log DIR --key n:1",
        "status DIR",
        "stat DIR",
        "why DIR n:1",
        "verify DIR"
      })
  void workOnAStoreThatIsOpenAndShowWhatItLogged(String line) {
    Options options = Options.defaults().withClock(() -> 2_000_000);
    try (Tidemark open = Tidemark.open(store, SCHEMA, options)) {
      open.update("n:1", new Update.Increment(40));
      open.sync();

      Tool tool = Tool.fine((Object[]) line.replace("DIR", store.toString()).split(" "));

      assertThat(tool.out()).containsAnyOf("38", "43", "7=6", "6 operations", "fine");
    }
  }

  @Test
  void readPrintsTheEmptyValueOfAKeyThatWasNeverWritten() {
    assertThat(Tool.fine("read", store, "cart:9").out()).isEqualTo("[]\n");
    assertThat(Tool.fine("read", store, "n:9").out()).isEqualTo("0\n");
    assertThat(Tool.fine("read", store, "x").out()).isEqualTo("null\n");
  }

  @Test
  void readRefusesAnEmptyKey() {
    assertThat(Tool.run("read", store, "").exitCode()).isEqualTo(1);
  }

  @Test
  void readCanPrintOverManyLines() {
    assertThat(Tool.fine("read", "--pretty", store, "cart:2").out()).isEqualTo("[ \"tea\" ]\n");
  }

  @Test
  void scanPrintsPresentKeysInOrderWithStrategyAndValue() {
    assertThat(Tool.fine("scan", store, "").lines())
        .containsExactly("cart:2\tor-set\t[\"tea\"]", "n:1\tpn-counter\t-2");
    assertThat(Tool.fine("scan", store, "n:", "--json").lines())
        .containsExactly("{\"key\":\"n:1\",\"strategy\":\"pn-counter\",\"value\":-2}");
    assertThat(Tool.fine("scan", store, "", "--keys", "--limit", 1).lines())
        .containsExactly("cart:2");
    assertThat(Tool.run("scan", store, "", "--limit", 0).exitCode()).isEqualTo(1);
  }

  @Test
  void scanEscapesWhatCouldForgeALine() {
    Tool.fine("update", store, "a\tb\nc\\\u001b[31m", "set", "x\u001b[0m\u0085\u202e");

    String out = Tool.fine("scan", store, "a").out();

    assertThat(out)
        .isEqualTo("a\\tb\\nc\\\\\\u001b[31m\tlww-register\t\"x\\u001B[0m\\u0085\\u202e\"\n");
  }

  @Test
  void schemaPrintsEveryPrefix() {
    assertThat(Tool.fine("schema", store).lines())
        .containsExactly("\"\"\tlww-register", "\"cart:\"\tor-set", "\"n:\"\tpn-counter");
    assertThat(Tool.fine("schema", store, "--json").out())
        .isEqualTo("{\"\":\"lww-register\",\"cart:\":\"or-set\",\"n:\":\"pn-counter\"}\n");
  }

  @Test
  void logPrintsOneOperationALine() {
    assertThat(Tool.fine("log", store).lines())
        .containsExactly(
            "1\t7#1\t1970-01-01T00:16:40Z+0\tor-set\t\"cart:2\"\tadd \"tea\"",
            "2\t7#2\t1970-01-01T00:16:40Z+1\tor-set\t\"cart:1\"\tadd \"milk\"",
            "3\t7#3\t1970-01-01T00:16:40Z+2\tpn-counter\t\"n:1\"\traise increments to 3",
            "4\t7#4\t1970-01-01T00:16:40Z+3\tpn-counter\t\"n:1\"\traise decrements to 5",
            "5\t7#5\t1970-01-01T00:16:40Z+4\tor-set\t\"cart:1\"\tremove \"milk\", overriding 7#2");
  }

  @Test
  void logPrintsOnlyWhatIsWanted() {
    assertThat(Tool.fine("log", store, "--from", 2, "--to", 3).lines()).hasSize(2);
    assertThat(Tool.fine("log", store, "--key", "n:1").lines()).hasSize(2);
    assertThat(Tool.fine("log", store, "--origin", 7).lines()).hasSize(5);
    assertThat(Tool.fine("log", store, "--origin", 8).lines()).isEmpty();
    assertThat(Tool.fine("log", store, "--from", 100).lines()).isEmpty();
    assertThat(Tool.run("log", store, "--from", -1).exitCode()).isEqualTo(1);
    assertThat(Tool.run("log", store, "--origin", "x").exitCode()).isEqualTo(1);
  }

  @Test
  void logPrintsObjects() {
    assertThat(Tool.fine("log", store, "--json", "--from", 5).out())
        .isEqualTo(
            "{\"position\":5,\"origin\":\"7\",\"sequence\":5,\"time\":\"1970-01-01T00:16:40Z+4\","
                + "\"strategy\":\"or-set\",\"key\":\"cart:1\",\"effects\":[{\"verb\":\"remove\","
                + "\"item\":\"milk\",\"overrides\":[{\"origin\":\"7\",\"sequence\":2}]}]}\n");
  }

  @Test
  void logEndsQuietlyWhenNobodyReadsOn() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    int exitCode = Main.run(new Printer(closed, err, false), "log", store.toString());

    assertThat(exitCode).isZero();
    assertThat(err.size()).isZero();
  }

  @Test
  void logSaysThatTheDiskBehindItsOutputIsFull() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    int exitCode = Main.run(new Printer(full, err, false), "log", store.toString());

    assertThat(exitCode).isEqualTo(3);
    assertThat(err.toString()).contains("output cannot be written");
  }

  @Test
  void statusTellsIdentityAndPositions() {
    assertThat(Tool.fine("status", store).out())
        .contains("replica    7")
        .contains("positions 1 to 5, durable to 5")
        .contains("applied to position 5")
        .contains("seen       {7=5}");
    assertThat(Tool.fine("status", store, "--json").out())
        .contains("\"replicaId\":\"7\"", "\"lastPosition\":5", "\"vector\":{\"7\":5}");
  }
}
