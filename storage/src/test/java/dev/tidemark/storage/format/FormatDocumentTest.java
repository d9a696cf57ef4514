package dev.tidemark.storage.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.log.LogOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds {@code docs/format.md} to the code: every block of bytes it shows is made again and
 * compared, every tag and every limit it names is looked up.
 */
class FormatDocumentTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("^```hex (.+)\\n((?:(?!```).*\\n)+)```$", Pattern.MULTILINE);
  private static final Pattern STRATEGY =
      Pattern.compile("^\\| (\\d+) \\| `([a-z:-]+)` \\|", Pattern.MULTILINE);
  private static final Pattern LIMIT =
      Pattern.compile("^\\| .+ \\| ([\\d,]+) \\| `(\\w+)\\.(\\w+)` \\|", Pattern.MULTILINE);

  private static final Map<String, Class<?>> LIMITED =
      Map.of(
          "Limits", Limits.class,
          "LogOptions", LogOptions.class,
          "LargeValue", LargeValue.class,
          "ChunkTree", ChunkTree.class);

  private static String document;

  @BeforeAll
  static void read() throws IOException {
    document = Files.readString(Path.of("..", "docs", "format.md"));
  }

  @Test
  void everyExampleIsWhatTheStoreWrites(@TempDir Path directory) throws Exception {
    Map<String, String> written = new TreeMap<>();
    FormatExamples.all(directory)
        .forEach((name, bytes) -> written.put(name, HexFormat.of().formatHex(bytes)));
    Map<String, String> shown = new TreeMap<>();
    EXAMPLE
        .matcher(document)
        .results()
        .forEach(example -> shown.put(example.group(1), digits(example.group(2))));
    assertThat(shown).isEqualTo(written);
  }

  @Test
  void everyBlockOfBytesIsAnExample() {
    assertThat(EXAMPLE.matcher(document).results().count())
        .isEqualTo(
            Pattern.compile("^```hex", Pattern.MULTILINE).matcher(document).results().count());
  }

  @Test
  void everyStrategyHasItsTag() {
    Map<Integer, String> tags = new TreeMap<>();
    for (Strategy strategy : Strategy.values()) {
      tags.put(strategy.tag(), strategy.id());
    }
    Map<Integer, String> shown =
        STRATEGY
            .matcher(document)
            .results()
            .collect(Collectors.toMap(row -> Integer.valueOf(row.group(1)), row -> row.group(2)));
    assertThat(shown).isEqualTo(tags);
  }

  @Test
  void everyLimitIsTheOneInTheCode() throws ReflectiveOperationException {
    Map<String, Long> inCode = new TreeMap<>();
    Map<String, Long> shown = new TreeMap<>();
    for (MatchResult row : LIMIT.matcher(document).results().toList()) {
      String name = row.group(2) + "." + row.group(3);
      shown.put(name, Long.valueOf(row.group(1).replace(",", "")));
      Class<?> type = LIMITED.get(row.group(2));
      inCode.put(name, ((Number) type.getField(row.group(3)).get(null)).longValue());
    }
    assertThat(shown)
        .isEqualTo(inCode)
        .hasSizeGreaterThanOrEqualTo(Limits.class.getFields().length);
  }

  /** The digits of a block: each line up to its comment, without blanks. */
  private static String digits(String block) {
    return block
        .lines()
        .map(line -> line.replaceFirst("#.*", "").replace(" ", ""))
        .collect(Collectors.joining());
  }
}
