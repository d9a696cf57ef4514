package dev.tidemark.benchmarks.report;

import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Results;
import dev.tidemark.benchmarks.harness.Results.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of {@code benchmarks.md} between its two markers, written from the figures of a run,
 * with charts beside it in {@code charts/}. What stands outside the markers is left as it is.
 */
public final class Report {
  /** The name of the document. */
  public static final String DOCUMENT = "benchmarks.md";

  static final String BEGIN = "<!-- figures: begin; written by ./tidemark bench --report -->";
  static final String END = "<!-- figures: end -->";

  private static final String CHARTS = "charts";
  private static final int LEAST_BARS = 3;

  private final Path directory;
  private final List<Benchmark> benchmarks;
  private final Results results;
  private final StringBuilder out = new StringBuilder();

  private Report(Path directory, List<Benchmark> benchmarks, Results results) {
    this.directory = directory;
    this.benchmarks = benchmarks;
    this.results = results;
  }

  /** Whether a directory holds the document, with a place for the figures. */
  public static boolean hasPlace(Path directory) throws IOException {
    Path document = directory.resolve(DOCUMENT);
    return Files.exists(document) && beginIn(Files.readString(document)) >= 0;
  }

  /** Where the figures begin, or -1 if they have no place. */
  private static int beginIn(String text) {
    int begin = text.indexOf(BEGIN);
    return begin < 0 || text.indexOf(END) < begin ? -1 : begin + BEGIN.length();
  }

  /**
   * Writes it.
   *
   * @param directory holds the document
   * @param benchmarks all there are, for their questions and what is unfair in them
   */
  public static void write(Path directory, List<Benchmark> benchmarks, Results results)
      throws IOException {
    Path document = directory.resolve(DOCUMENT);
    String text = Files.readString(document);
    int begin = beginIn(text);
    if (begin < 0) {
      throw new IOException("no place for figures: marker=" + BEGIN + " and " + END);
    }
    Files.createDirectories(directory.resolve(CHARTS));
    String section = new Report(directory, benchmarks, results).section();
    Files.writeString(
        document, text.substring(0, begin) + section + text.substring(text.indexOf(END)));
  }

  private String section() throws IOException {
    line("");
    results.environment().forEach((what, value) -> line("* " + what + ": " + value));
    targets();
    for (Benchmark benchmark : benchmarks) {
      List<Result> rows =
          results.rows().stream()
              .filter(row -> row.text("benchmark").equals(benchmark.name()))
              .toList();
      if (!rows.isEmpty()) {
        benchmark(benchmark, rows);
      }
    }
    return out.toString();
  }

  private void targets() throws IOException {
    List<Result> judged = results.rows().stream().filter(Result::isJudged).toList();
    if (judged.isEmpty()) {
      return;
    }
    line("");
    line("### Targets");
    line("");
    line("| what | measured | wanted | |");
    line("|---|---|---|---|");
    BarChart chart = new BarChart("How much of each target is reached (1 meets it)");
    for (Result row : judged) {
      cells(row.text("target"), row.value(), row.text("bound"), row.verdict());
      chart.add(row.text("target"), row.number("reached"));
    }
    write(chart, "targets");
  }

  private void benchmark(Benchmark benchmark, List<Result> rows) throws IOException {
    line("");
    line("### `" + benchmark.name() + "`: " + benchmark.question());
    line("");
    line("| | store | baseline | ratio |");
    line("|---|---|---|---|");
    BarChart chart = new BarChart(benchmark.name() + ": ratio to the baseline");
    for (Result row : rows) {
      cells(
          row.text("question"), row.text("measured_text"), row.text("baseline_text"), row.ratio());
      chart.add(row.text("question"), row.number("ratio"));
    }
    if (!benchmark.unfairness().isEmpty()) {
      line("");
      line("Unfair " + benchmark.unfairness() + ".");
    }
    if (chart.size() >= LEAST_BARS) {
      write(chart, benchmark.name());
    }
  }

  private void write(BarChart chart, String name) throws IOException {
    Files.writeString(directory.resolve(CHARTS).resolve(name + ".svg"), chart.svg());
    line("");
    line("![" + name + "](" + CHARTS + "/" + name + ".svg)");
  }

  private void cells(String... cells) {
    List<String> escaped = new ArrayList<>();
    for (String cell : cells) {
      escaped.add(cell.replace("|", "\\|"));
    }
    line("| " + String.join(" | ", escaped) + " |");
  }

  private void line(String text) {
    out.append(text.stripTrailing()).append('\n');
  }
}
