package dev.tidemark.tools.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {
  private static final String LONG = "é".repeat(100_000);

  @Test
  void splitsAtLineFeedsAndDropsCarriageReturnsBeforeThem() throws IOException {
    assertThat(all("a\r\n\n\rb\r\r\nc")).containsExactly("a", "", "\rb\r", "c");
    assertThat(all("a\n")).containsExactly("a");
    assertThat(all("\n")).containsExactly("");
    assertThat(all("")).isEmpty();
  }

  @Test
  void readsLinesLongerThanItsBuffer() throws IOException {
    assertThat(all(LONG + "\n" + LONG + "\r\nx")).containsExactly(LONG, LONG, "x");
  }

  @Test
  void passesOverAByteOrderMarkWhereAFileBegins() throws IOException {
    assertThat(all("\ufeffa\n\ufeffb")).containsExactly("a", "\ufeffb");
  }

  @Test
  void refusesALineBeyondTheLimitAndReadsTheNext() throws IOException {
    LineReader lines = reader("abcd\nabcde\n" + LONG + "\nab", 4);

    assertThat(lines.next()).isEqualTo("abcd");
    for (int i = 0; i < 2; i++) {
      assertThatIllegalArgumentException()
          .isThrownBy(lines::next)
          .withMessageStartingWith("line is too long: limit=4");
    }
    assertThat(lines.next()).isEqualTo("ab");
    assertThat(lines.number()).isEqualTo(4);
    assertThat(lines.next()).isNull();
    assertThat(lines.number()).isEqualTo(4);
  }

  @Test
  void refusesBrokenBytesInTheLineThatHoldsThem() throws IOException {
    byte[] bytes = "a\n?\nb".getBytes(StandardCharsets.UTF_8);
    bytes[2] = (byte) 0xc0;
    LineReader lines = new LineReader(new ByteArrayInputStream(bytes), 100);

    assertThat(lines.next()).isEqualTo("a");
    assertThatExceptionOfType(CharacterCodingException.class).isThrownBy(lines::next);
    assertThat(lines.number()).isEqualTo(2);
    assertThat(lines.next()).isEqualTo("b");
  }

  private static List<String> all(String text) throws IOException {
    List<String> all = new ArrayList<>();
    LineReader lines = reader(text, 1 << 20);
    for (String line = lines.next(); line != null; line = lines.next()) {
      all.add(line);
    }
    return all;
  }

  private static LineReader reader(String text, int mostBytes) {
    return new LineReader(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), mostBytes);
  }
}
