package dev.tidemark.storage.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests that the document names as its evidence are there. */
class RecoveryDocumentTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|Properties))(?:\\.(\\w+))?`");
  private static final int FEWEST = 40;

  @Test
  void namesTestsThatAreThere() throws IOException {
    Map<String, String> sources = sources();
    Matcher named = TEST.matcher(Files.readString(ROOT.resolve("docs/recovery.md")));
    int count = 0;
    while (named.find()) {
      count++;
      assertThat(sources).containsKey(named.group(1));
      if (named.group(2) != null) {
        assertThat(sources.get(named.group(1)))
            .as(named.group())
            .contains("void " + named.group(2) + "(");
      }
    }
    assertThat(count).isGreaterThan(FEWEST);
  }

  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    for (String module : new String[] {"engine", "storage", "replication", "tools"}) {
      try (Stream<Path> tree = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
        for (Path path : tree.filter(file -> file.toString().endsWith(".java")).toList()) {
          String name = path.getFileName().toString();
          // Two modules may have a test of one name.
          sources.merge(
              name.substring(0, name.length() - ".java".length()),
              Files.readString(path),
              String::concat);
        }
      }
    }
    return sources;
  }
}
