package dev.tidemark.tools.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** Forty lines of the stack for each message that claims to be too large, as often as one liked. */
class LibraryLogTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private long now = -7;
  private final LibraryLog log = new LibraryLog(() -> now);

  private void log(String name, Level level, String said, Throwable thrown) {
    LogRecord record = new LogRecord(level, said);
    record.setLoggerName(name);
    record.setThrown(thrown);
    PrintStream before = System.err;
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      log.publish(record);
    } finally {
      System.setErr(before);
    }
  }

  private List<String> lines() {
    return err.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void whatALibraryLogsIsOneLineWithoutItsStack() {
    log(
        "io.grpc.Server",
        Level.WARNING,
        "Exception processing message",
        new IllegalStateException("too large\n\u001b[2J"));

    assertThat(lines()).hasSize(1);
    assertThat(lines().get(0))
        .contains("Exception processing message: java.lang.IllegalStateException: too large")
        .doesNotContain("\u001b");
  }

  /** A peer's name that had no address: the line was two KiB long, and most of it this. */
  @Test
  void aStackThatALibraryPutsIntoWhatItSaysIsLeftOut() {
    log(
        "io.grpc.internal.ManagedChannelImpl",
        Level.WARNING,
        "Failed to resolve name. status=Status{cause=java.net.UnknownHostException: node.test\n"
            + "\tat java.base/java.net.InetAddress.getAllByName(InetAddress.java:1306)\n}",
        null);

    assertThat(lines()).hasSize(1);
    assertThat(lines().get(0)).endsWith("UnknownHostException: node.test");
  }

  @Test
  void ofOneLoggerItIsOneLineAMinuteAndTheRestIsCounted() {
    for (int i = 0; i < 1000; i++) {
      log("io.grpc.Server", Level.WARNING, "message " + i, null);
    }
    log("io.grpc.Client", Level.WARNING, "another", null);
    log("io.grpc.Server", Level.SEVERE, "worse", null);
    now += Duration.ofMinutes(1).toNanos();
    log("io.grpc.Server", Level.WARNING, "later", null);

    assertThat(lines()).hasSize(4);
    assertThat(lines().get(0)).endsWith("message 0");
    assertThat(lines().get(3)).endsWith("later (and 999 more before)");
  }

  @Test
  void whatIsOfNoInterestIsNotLogged() {
    log("io.grpc.Server", Level.FINEST, "detail", null);

    assertThat(lines()).isEmpty();
  }
}
