package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayCommandTest {
  private static final String HEAD =
      "{\"name\":\"t\",\"types\":{\"n:\":\"g-counter\"},\"replicas\":{\"A\":1,\"B/..\":2}}";
  private static final String ADD =
      "{\"at\":\"A\",\"now\":5,\"op\":\"increment\",\"key\":\"n:1\",\"args\":[9223372036854775807]}";
  private static final String ADD_TOO =
      "{\"at\":\"B/..\",\"now\":5,\"op\":\"increment\",\"key\":\"n:1\",\"args\":[1]}";
  private static final String SEND = "{\"from\":\"A\",\"to\":\"B/..\"}";

  @TempDir Path temporary;

  @Test
  void replaysATraceAndKeepsItsStores() throws IOException {
    Tool replay =
        replay(
            HEAD,
            ADD,
            "{\"at\":\"A\",\"expect\":{\"n:1\":9223372036854775807}}",
            ADD_TOO,
            SEND,
            "{\"expect\":{\"B/..\":{\"n:1\":9223372036854775808}}}",
            "{\"from\":\"B/..\",\"to\":\"A\"}",
            "{\"expect\":{\"n:1\":9223372036854775808}}");

    assertThat(replay.err()).isEmpty();
    assertThat(replay.exitCode()).isZero();
    assertThat(replay.lastLine()).matches("2 operations made, 2 received, [0-9,]+/s, 0 mismatches");
    assertThat(Tool.fine("read", temporary.resolve("stores/A"), "n:1").out())
        .isEqualTo("9223372036854775808\n");
    assertThat(temporary.resolve("stores/B%2F..")).isDirectory();
  }

  @Test
  void readsAPackedTrace() throws IOException {
    Path trace = temporary.resolve("trace.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(trace))) {
      out.write(String.join("\n", HEAD, ADD, SEND).getBytes(StandardCharsets.UTF_8));
    }

    Tool replay = Tool.run("replay", trace, "--dir", temporary.resolve("stores"));

    assertThat(replay.lastLine()).startsWith("1 operations made, 1 received");
  }

  @Test
  void namesTheLineOfAMismatch() throws IOException {
    Tool replay = replay(HEAD, ADD, SEND, "{\"expect\":{\"n:1\":7}}", ADD_TOO);

    assertThat(replay.exitCode()).isEqualTo(2);
    assertThat(replay.out())
        .contains("mismatch: trace.jsonl, line 4 {\"expect\":{\"n:1\":7}}")
        .contains("expected A n:1 = 7")
        .contains("actual   B/.. n:1 = 9223372036854775807");
    assertThat(replay.lastLine()).endsWith(" 2 mismatches");
  }

  @Test
  void checksTheExpectationOfTheFirstLineAtTheEnd() throws IOException {
    String head = HEAD.substring(0, HEAD.length() - 1) + ",\"expect\":{\"A\":{\"n:1\":0}}}";

    assertThat(replay(head, ADD).exitCode()).isEqualTo(2);
  }

  /** All times beyond were one to a store: which of two was later was not told any more. */
  @Test
  void refusesATimeBeyondAStoresClock() throws IOException {
    Tool replay = replay(HEAD, ADD.replace("\"now\":5", "\"now\":140737488355328"));

    assertThat(replay.exitCode()).isEqualTo(2);
    assertThat(replay.out()).contains("line 2", "time is beyond a store's clock");
  }

  @Test
  void namesTheLineThatIsNoStep() throws IOException {
    Tool replay = replay(HEAD, ADD, "{\"at\":\"C\",\"do\":\"flush\"}");

    assertThat(replay.exitCode()).isEqualTo(1);
    assertThat(replay.err()).contains("trace.jsonl", "line=3", "unknown replica");
  }

  @Test
  void refusesAnEmptyTrace() throws IOException {
    assertThat(replay().exitCode()).isEqualTo(1);
  }

  @Test
  void refusesADirectoryThatHoldsTheReplicasAlready() throws IOException {
    replay(HEAD, ADD);

    Tool again =
        Tool.run("replay", temporary.resolve("trace.jsonl"), "--dir", temporary.resolve("stores"));

    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("directory is in use already");
  }

  private Tool replay(String... lines) throws IOException {
    Path trace = Files.write(temporary.resolve("trace.jsonl"), List.of(lines));
    return Tool.run("replay", trace, "--dir", temporary.resolve("stores"));
  }
}
