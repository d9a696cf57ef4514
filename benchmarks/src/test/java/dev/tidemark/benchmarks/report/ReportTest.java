package dev.tidemark.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.JsonLines;
import dev.tidemark.benchmarks.harness.Results;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Target;
import dev.tidemark.benchmarks.question.Questions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static final Path DOCUMENT = Path.of("..", "docs", Report.DOCUMENT);

  @TempDir Path directory;

  @Test
  void replacesTheFiguresAndLeavesTheRestOfTheDocument() throws Exception {
    write("# before\n" + Report.BEGIN + "\nold figures\n" + Report.END + "\n# after\n");

    Report.write(directory, Questions.all(), results());

    String text = Files.readString(directory.resolve(Report.DOCUMENT));
    assertThat(text)
        .startsWith("# before\n" + Report.BEGIN)
        .endsWith(Report.END + "\n# after\n")
        .doesNotContain("old figures")
        .contains("* java: 17")
        .contains("| puts | 700/s | 100/s | 7.00 |")
        .contains("| " + Target.PUT.what() + " | 7.00 | " + Target.PUT.bound() + " | met |");
  }

  @Test
  void writesTheSameAgain() throws Exception {
    write(Report.BEGIN + "\n" + Report.END);
    Report.write(directory, Questions.all(), results());
    String once = Files.readString(directory.resolve(Report.DOCUMENT));

    Report.write(directory, Questions.all(), results());

    assertThat(directory.resolve(Report.DOCUMENT)).hasContent(once);
  }

  @Test
  void chartsAreWellFormed() throws Exception {
    write(Report.BEGIN + Report.END);

    Report.write(directory, Questions.all(), results());

    var factory = DocumentBuilderFactory.newInstance();
    var chart =
        factory.newDocumentBuilder().parse(directory.resolve("charts/targets.svg").toFile());
    assertThat(chart.getDocumentElement().getTagName()).isEqualTo("svg");
  }

  @Test
  void refusesADocumentWithoutMarkersAndLeavesItAsItIs() throws Exception {
    write("no markers");

    assertThatThrownBy(() -> Report.write(directory, Questions.all(), results()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(Report.BEGIN);

    assertThat(directory.resolve(Report.DOCUMENT)).hasContent("no markers");
  }

  @Test
  void theDocumentOfThisProjectHasThePlaceAndNamesEveryBenchmark() throws Exception {
    String text = Files.readString(DOCUMENT);

    assertThat(text).containsSubsequence(Report.BEGIN, Report.END);
    assertThat(Questions.all())
        .extracting(Benchmark::name)
        .allSatisfy(name -> assertThat(text).contains("| `" + name + "` |"));
  }

  private Results results() throws IOException {
    Path file = directory.resolve("rows");
    Files.deleteIfExists(file);
    JsonLines lines = new JsonLines(file);
    lines.environment(Map.of("java", "17"));
    lines.row(
        Questions.all().get(0),
        new Row("puts", Figure.rate(700), Figure.rate(100), 7).reaching(Target.PUT));
    lines.row(Questions.all().get(0), Row.of("nothing beside it <&>", Figure.rate(3)));
    return Results.read(file);
  }

  private void write(String text) throws IOException {
    Files.writeString(directory.resolve(Report.DOCUMENT), text);
  }
}
