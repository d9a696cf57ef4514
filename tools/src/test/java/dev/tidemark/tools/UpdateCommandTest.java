package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpdateCommandTest {
  @TempDir Path temporary;
  private Path store;

  @BeforeEach
  void createStore() {
    store = temporary.resolve("store");
    Tool.fine(
        "update",
        store,
        "cart:1",
        "add",
        "milk",
        "--schema",
        "cart:=or-set",
        "--schema",
        "n:=g-counter",
        "--schema",
        "rl:=epoch-max",
        "--schema",
        "log:=g-set",
        "--schema",
        "m:=or-map:pn-counter",
        "--schema",
        "h:=lww-map",
        "--schema",
        "f:=ew-flag",
        "--schema",
        "j:=journal",
        "--schema",
        "mv:=mv-register");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cart:1 | add tea           | [\"milk\",\"tea\"]",
        "cart:1 | remove milk       | []",
        "cart:1 | delete            | []",
        "n:1    | increment 3       | 3",
        "rl:1   | put 5 -7          | {\"epoch\":5,\"count\":-7}",
        "rl:1   | put 18446744073709551615 0 | {\"epoch\":18446744073709551615,\"count\":0}",
        "log:1  | add a             | [\"a\"]",
        "m:1    | update f increment 3 | {\"f\":3}",
        "m:1    | update f decrement 3 | {\"f\":-3}",
        "h:1    | put f v           | {\"f\":\"v\"}",
        "f:1    | enable            | true",
        "j:1    | append happened   | [\"happened\"]",
        "mv:1   | set x             | [\"x\"]",
        "plain  | set x             | \"x\""
      })
  void doesEachOperationAsTyped(String key, String words, String value) {
    Tool update = Tool.run(arguments(key, words));

    assertThat(update).isEqualTo(new Tool(0, "2\n", ""));
    assertThat(Tool.fine("read", store, key).out()).isEqualTo(value + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cart:1 | set x          | operation is not one of the key's strategy",
        "cart:1 | add            | operation has the wrong number of arguments",
        "cart:1 | jump           | unknown operation",
        "n:1    | increment 0    | amount is not above 0",
        "n:1    | increment -1   | amount is not above 0",
        "n:1    | increment x    | amount is not a whole number",
        "n:1    | increment 9223372036854775808 | amount is out of range",
        "n:1    | decrement 1    | operation is not one of the key's strategy",
        "rl:1   | put -1 5       | epoch is out of range",
        "rl:1   | put 18446744073709551616 5 | epoch is out of range",
        "rl:1   | put 5          | operation has the wrong number of arguments",
        "log:1  | delete         | ",
        "log:1  | remove a       | ",
        "m:1    | update f add x | ",
        "m:1    | update f       | operation has the wrong number of arguments",
        "j:1    | delete         | ",
        "''     | set x          | key is empty"
      })
  void refusesABadUpdateInOneLineAndChangesNoByte(String key, String words, String title) {
    Map<String, String> before = DirectoryDigest.of(store);

    Tool update = Tool.run(arguments(key, words));

    assertThat(update.exitCode()).isEqualTo(1);
    assertThat(update.out()).isEmpty();
    assertThat(update.err().lines()).hasSize(1);
    assertThat(update.err()).startsWith("tidemark: " + (title == null ? "" : title));
    assertThat(DirectoryDigest.of(store)).isEqualTo(before);
  }

  @Test
  void refusesACounterThatWouldOverflowAndChangesNoByte() {
    Tool.fine("update", store, "n:1", "increment", Long.MAX_VALUE);
    Map<String, String> before = DirectoryDigest.of(store);

    Tool update = Tool.run("update", store, "n:1", "increment", 1);

    assertThat(update.exitCode()).isEqualTo(1);
    assertThat(update.err()).contains("over 64 bits");
    assertThat(DirectoryDigest.of(store)).isEqualTo(before);
  }

  @Test
  void refusesAKeyThatIsTooLong() {
    Tool update = Tool.run("update", store, "k".repeat(70_000), "set", "x");

    assertThat(update.exitCode()).isEqualTo(1);
    assertThat(update.err()).contains("key is too long").hasSizeLessThan(400);
  }

  @Test
  void createsNoStoreWithoutASchema() {
    Path missing = temporary.resolve("missing");

    Tool update = Tool.run("update", missing, "k", "set", "v");

    assertThat(update.exitCode()).isEqualTo(3);
    assertThat(update.err()).contains("there is no store").contains("--schema");
    assertThat(missing).doesNotExist();
  }

  @Test
  void createsNoStoreForABadUpdate() {
    Path missing = temporary.resolve("missing");

    Tool update = Tool.run("update", missing, "n:1", "increment", 0, "--schema", "n:=g-counter");

    assertThat(update.exitCode()).isEqualTo(1);
    assertThat(missing).doesNotExist();
  }

  @Test
  void letsTheSchemaGrow() {
    Tool.fine("update", store, "new:1", "increment", 1, "--schema", "new:=pn-counter");

    assertThat(Tool.fine("read", store, "new:1").out()).isEqualTo("1\n");
    assertThat(Tool.fine("read", store, "cart:1").out()).isEqualTo("[\"milk\"]\n");
  }

  @Test
  void keepsADefaultStrategyThatWasGivenAtCreation() {
    Path other = temporary.resolve("other");
    Tool.fine("update", other, "x", "add", "a", "--schema", "=or-set");
    Tool.fine("update", other, "x", "add", "b", "--schema", "n:=g-counter");

    assertThat(Tool.fine("read", other, "x").out()).isEqualTo("[\"a\",\"b\"]\n");
    assertThat(Tool.run("update", other, "x", "set", "a", "--schema", "=lww-register").exitCode())
        .isEqualTo(3);
  }

  @Test
  void refusesAnotherStrategyForAStoredPrefix() {
    Map<String, String> before = DirectoryDigest.of(store);

    Tool update = Tool.run("update", store, "cart:1", "add", "x", "--schema", "cart:=g-set");

    assertThat(update.exitCode()).isEqualTo(3);
    assertThat(update.err()).contains("stored under another strategy");
    assertThat(DirectoryDigest.of(store)).isEqualTo(before);
  }

  @Test
  void refusesAPrefixThatWouldTakeStoredKeysFromAnother() {
    Map<String, String> before = DirectoryDigest.of(store);

    Tool update =
        Tool.run("update", store, "cart:1", "set", "x", "--schema", "cart:1=lww-register");

    assertThat(update.exitCode()).isEqualTo(3);
    assertThat(update.err()).contains("would shadow stored keys");
    assertThat(DirectoryDigest.of(store)).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"cart:", "cart:=heap"})
  void refusesASchemaThatIsNone(String schema) {
    Tool update = Tool.run("update", store, "cart:1", "add", "x", "--schema", schema);

    assertThat(update.exitCode()).isEqualTo(1);
    assertThat(update.err().lines()).hasSize(1);
  }

  @Test
  void saysWhoHoldsAStoreThatIsOpen() {
    try (Tidemark open = Tidemark.open(store, Schema.of("cart:", Strategy.OR_SET))) {
      Tool update = Tool.run("update", store, "cart:1", "add", "x");

      assertThat(update.exitCode()).isEqualTo(3);
      assertThat(update.err()).contains("store is open already");
      assertThat(open.status().appendedPosition()).isEqualTo(1);
    }
  }

  @Test
  void refusesADirectoryThatIsNoStore() throws Exception {
    Files.writeString(temporary.resolve("file"), "x");

    Tool update = Tool.run("update", temporary, "k", "set", "v", "--schema", "n:=g-counter");

    assertThat(update.exitCode()).isEqualTo(3);
    assertThat(update.err().lines()).hasSize(1);
  }

  @Test
  void takesAnArgumentThatLooksLikeAnOptionAfterTwoDashes() {
    Tool.fine("update", store, "plain", "set", "--", "--synced");

    assertThat(Tool.fine("read", store, "plain").out()).isEqualTo("\"--synced\"\n");
  }

  private Object[] arguments(String key, String words) {
    String[] split = words.strip().split(" ");
    Object[] arguments = new Object[split.length + 3];
    arguments[0] = "update";
    arguments[1] = store;
    arguments[2] = key.strip();
    System.arraycopy(split, 0, arguments, 3, split.length);
    return arguments;
  }
}
