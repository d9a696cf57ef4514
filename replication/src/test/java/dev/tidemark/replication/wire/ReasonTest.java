package dev.tidemark.replication.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Whoever writes a peer has the protocol, and not the enum. */
class ReasonTest {
  private static final Path PROTOCOL =
      Path.of("src/main/protobuf/dev/tidemark/replication/v1/tidemark.proto");

  @Test
  void eachStandsInThePublishedProtocol() throws IOException {
    String words = Files.readString(PROTOCOL);
    for (Reason reason : Reason.values()) {
      assertThat(words).containsPattern("\\b" + reason + "\\b");
    }
  }
}
