package dev.tidemark.benchmarks.harness;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** The rows as they come, in columns, for people. */
public final class Table {
  private static final String COLUMNS = "%-58s  %-40s  %-40s  %s";
  private static final String TARGETS = "%-40s %14s  %-34s %s";

  private final PrintStream out;

  /** A table that is printed there. */
  public Table(PrintStream out) {
    this.out = out;
  }

  /** What all of it was measured on. */
  public void environment(Map<String, String> here) {
    here.forEach((what, value) -> line("%-12s %s", what, value));
  }

  /** Begins the rows of a benchmark. */
  public void heading(Benchmark benchmark) {
    line("");
    line("%s: %s", benchmark.name(), benchmark.question());
    line(COLUMNS, "question", "measured", "baseline", "ratio");
  }

  /** A row. */
  public void row(Row row) {
    Row.Verdict verdict = row.verdict();
    String ratio = Double.isNaN(row.ratio()) ? "" : Figure.format("%.2f", row.ratio());
    String end =
        verdict == null ? "" : "  %s: %s".formatted(verdict.target().bound(), verdict.word());
    line(COLUMNS, row.question(), row.measured().text(), row.baseline().text(), ratio + end);
  }

  /** All targets that were looked at, once more. */
  public void targets(List<Results.Result> results) {
    List<Results.Result> judged = results.stream().filter(Results.Result::isJudged).toList();
    if (judged.isEmpty()) {
      return;
    }
    line("");
    line(TARGETS, "target", "measured", "wanted", "");
    for (Results.Result result : judged) {
      line(TARGETS, result.text("target"), result.value(), result.text("bound"), result.verdict());
    }
  }

  private void line(String format, Object... arguments) {
    out.println(Figure.format(format, arguments).stripTrailing());
    out.flush();
  }
}
