package dev.tidemark.tools.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLinesTest {
  @TempDir Path temporary;

  @Test
  void readsLineByLinePastBlankOnes() throws IOException {
    assertThat(read("a.jsonl", bytes("1\n\n  \r\n[2]\r\n{\"k\":\"\\u0000\"}")))
        .containsExactly("1", "[2]", "{\"k\":\"\\u0000\"}");
  }

  @Test
  void keepsNumbersOfAnySizeExact() throws IOException {
    assertThat(read("a.jsonl", bytes("123456789012345678901234567890")))
        .containsExactly("123456789012345678901234567890");
  }

  @Test
  void unpacksByTheName() throws IOException {
    assertThat(read("a.jsonl.gz", packed("1\n2\n"))).containsExactly("1", "2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":1,\"a\":2}", "1 2", "{", "nope", "{\"a\":1}}"})
  void namesTheLineOfWhatIsNoJson(String line) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read("a.jsonl", bytes("1\n\n" + line)))
        .withMessageContaining("a.jsonl")
        .withMessageContaining("line=3");
  }

  /** The whole block that was read with it was lost, and the line that was named too early. */
  @Test
  void namesTheLineThatIsNotUtf8AndGoesOnBehindIt() throws IOException {
    byte[] bytes = bytes("1\n2\n\"?\"\n4");
    bytes[5] = (byte) 0xff;
    Path file = Files.write(temporary.resolve("a.jsonl"), bytes);
    try (JsonLines lines = JsonLines.open(file)) {
      lines.next(Function.identity());
      lines.next(Function.identity());

      assertThatIllegalArgumentException()
          .isThrownBy(() -> lines.next(Function.identity()))
          .withMessageContaining("line=3")
          .withMessageContaining("not UTF-8");
      assertThat(lines.next(Function.identity())).hasToString("4");
      assertThat(lines.next(Function.identity())).isNull();
    }
  }

  @Test
  void endsBehindBytesThatCannotBeUnpacked() throws IOException {
    byte[] packed = packed("1\n".repeat(1000));
    Path file = Files.write(temporary.resolve("a.gz"), Arrays.copyOf(packed, packed.length - 12));
    try (JsonLines lines = JsonLines.open(file)) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> {
                while (lines.next(Function.identity()) != null) {}
              })
          .withMessageContaining("cut off, damaged or none");
      assertThat(lines.next(Function.identity())).isNull();
    }
  }

  @Test
  void saysThatAPackedFileIsCutOff() throws IOException {
    byte[] packed = packed("\"" + "abc".repeat(1000) + "\"\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> read("a.jsonl.gz", Arrays.copyOf(packed, packed.length - 12)))
        .withMessageContaining("cut off, damaged or none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1\n"})
  void saysThatAFileIsNotPacked(String content) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read("a.jsonl.gz", bytes(content)))
        .withMessageContaining("a.jsonl.gz")
        .withMessageContaining("cut off, damaged or none");
  }

  @Test
  void knowsHowMuchOfThePackedFileIsRead() throws IOException {
    Path file = Files.write(temporary.resolve("a.gz"), packed("1\n2\n"));
    try (JsonLines lines = JsonLines.open(file)) {
      lines.next(Function.identity());
      lines.next(Function.identity());
      lines.next(Function.identity());

      assertThat(lines.share()).isEqualTo(1.0);
      assertThat(lines.number()).isEqualTo(2);
    }
  }

  @Test
  void aReplicasNameIsADirectoryOfItsOwnWhateverItHolds() {
    String tooLong = "é".repeat(100);

    assertThat(List.of("A", "B/..", "..", ".", "", "a b", "ü", "*", tooLong + "A", tooLong + "B"))
        .extracting(Cluster::directoryName)
        .doesNotHaveDuplicates()
        .noneMatch(name -> name.contains("/") || name.startsWith(".") || name.length() > 255);
  }

  private List<String> read(String name, byte[] bytes) throws IOException {
    Path file = Files.write(temporary.resolve(name), bytes);
    List<String> found = new ArrayList<>();
    try (JsonLines lines = JsonLines.open(file)) {
      for (JsonNode node = lines.next(Function.identity());
          node != null;
          node = lines.next(Function.identity())) {
        found.add(node.toString());
      }
    }
    return found;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] packed(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes(text));
    }
    return out.toByteArray();
  }
}
