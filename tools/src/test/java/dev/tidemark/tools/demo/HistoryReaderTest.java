package dev.tidemark.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryReaderTest {
  private static final String ROOT = "C\t0\t\t7\t100\t7\t200\t0\n";

  static History read(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (Lines lines = new Lines("test.tsv", new ByteArrayInputStream(bytes))) {
      return HistoryReader.read(lines);
    }
  }

  @Test
  void readsCommitsWithTheirWrites() throws IOException {
    History history =
        read(
            ROOT
                + "W\tA\ta.txt\t0123456789ab\t3\t0\n"
                + "C\t1\t0\t8\t100\t7\t300\t1\n"
                + "W\tD\ta.txt\t-\t0\t3\n"
                + "C\t2\t0,1\t7\t100\t7\t400\t0\n"
                + "W\tM\tlogo.png\tba9876543210\t-\t-\n");

    assertThat(history.size()).isEqualTo(3);
    assertThat(history.replicas()).isEqualTo(2);
    assertThat(history.people()).isEqualTo(2);
    assertThat(history.merges()).isEqualTo(1);
    assertThat(history.writes()).isEqualTo(3);
    assertThat(history.last().parents()).containsExactly(0, 1);
    assertThat(history.last().seconds()).isEqualTo(400);
    assertThat(history.get(0).totals()).isEqualTo(new AuthorTotals(1, 3, 0));
    assertThat(history.get(1).writes())
        .containsExactly(new PathWrite(Bytes.utf8("a.txt"), null, 0, 3));
    assertThat(history.last().writes())
        .containsExactly(new PathWrite(Bytes.utf8("logo.png"), Bytes.utf8("ba9876543210"), 0, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X\t1\n",
        "C\t2\t0\t7\t100\t7\t200\t0\n",
        "C\t1\t1\t7\t100\t7\t200\t0\n",
        "C\t1\t-1\t7\t100\t7\t200\t0\n",
        "C\t1\tzero\t7\t100\t7\t200\t0\n",
        "C\t1\t0\t7\t100\t7\t200\n",
        "C\t1\t0\t7\t100\t7\t200\t-1\n",
        "W\tM\ta.txt\n"
      })
  void refusesAMalformedLineAndNamesIt(String line) {
    assertThatThrownBy(() -> read(ROOT + line))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("file=test.tsv")
        .hasMessageContaining("line=2");
  }

  @Test
  void refusesAWriteBeforeTheFirstCommit() {
    assertThatThrownBy(() -> read("W\tA\ta.txt\t0123456789ab\t3\t0\n"))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void aShorterHistoryHasTheReplicasOfItsCommitsOnly() throws IOException {
    History history = read(ROOT + "C\t1\t0\t8\t100\t7\t300\t1\n");

    assertThat(history.first(1).replicas()).isEqualTo(1);
    assertThatThrownBy(() -> history.first(3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> history.first(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}
