package dev.tidemark.benchmarks;

import dev.tidemark.benchmarks.baseline.RocksBaseline;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Environment;
import dev.tidemark.benchmarks.harness.JsonLines;
import dev.tidemark.benchmarks.harness.Results;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Scale;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.benchmarks.harness.Table;
import dev.tidemark.benchmarks.question.Questions;
import dev.tidemark.benchmarks.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code bench} command. Exit codes: 0 fine, 1 usage, 3 a benchmark could not run. */
@Command(
    name = "tidemark bench",
    description = "Measure whole stores on this machine, each question in a process of its own.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class Main implements Callable<Integer> {
  private static final int USAGE = 1;
  private static final int CANNOT_RUN = 3;

  /** In the place of the names of those that are held to a target. */
  private static final String TARGETS = "targets";

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description =
          "Which to run; 'targets' for those held to one; all but soak, long-log and catch-up by"
              + " default.")
  private List<String> names = List.of();

  @Option(names = "--quick", description = "Smaller sizes: a look, not figures to keep.")
  private boolean quick;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the rows there too, an object a line.")
  private @Nullable Path json;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where to put the stores while it runs; the temporary directory by default.")
  private Path directory = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Write the figures into DIR/benchmarks.md, and charts beside it.")
  private @Nullable Path report;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description = "Measure nothing: report what an earlier run wrote with --json.")
  private @Nullable Path from;

  @Option(names = Children.FLAG, hidden = true, description = "This is such a process.")
  private boolean child;

  private Main() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.getCommandSpec().exitCodeOnInvalidInput(USAGE).exitCodeOnExecutionException(CANNOT_RUN);
    StringBuilder list = new StringBuilder("%nBenchmarks:%n");
    Questions.all()
        .forEach(
            benchmark ->
                list.append("  %-13s %s%%n".formatted(benchmark.name(), benchmark.question())));
    line.getCommandSpec().usageMessage().footer(list.toString());
    return line;
  }

  @Override
  public Integer call() throws Exception {
    List<Benchmark> chosen = chosen();
    // Before minutes of measuring, not behind them.
    if (report != null && !Report.hasPlace(report)) {
      throw new ParameterException(
          spec.commandLine(),
          "'%s' has no benchmarks.md with a place for the figures; name the directory docs"
              .formatted(report));
    }
    if (from != null) {
      return reportEarlier(from);
    }
    Files.createDirectories(directory);
    if (child) {
      for (Benchmark benchmark : chosen) {
        run(benchmark);
      }
      return 0;
    }
    Path rows = json == null ? Files.createTempFile(directory, "tidemark-bench-", ".jsonl") : json;
    try {
      return runInProcesses(chosen, rows) ? 0 : CANNOT_RUN;
    } finally {
      if (json == null) {
        Files.delete(rows);
      }
    }
  }

  private boolean runInProcesses(List<Benchmark> chosen, Path rows)
      throws IOException, InterruptedException {
    Map<String, String> here = Environment.here(directory);
    here.put("store", Settings.ofStore());
    here.put("RocksDB", RocksBaseline.settings());
    Table table = new Table(System.out);
    table.environment(here);
    Files.deleteIfExists(rows);
    new JsonLines(rows).environment(here);
    List<String> options = new ArrayList<>(List.of("--json", rows.toString()));
    options.addAll(List.of("--dir", directory.toString()));
    if (quick) {
      options.add("--quick");
    }
    boolean fine = true;
    for (Benchmark benchmark : chosen) {
      fine &= Children.run(benchmark, options) == 0;
    }
    Results results = Results.read(rows);
    table.targets(results.rows());
    if (report != null) {
      Report.write(report, Questions.all(), results);
    }
    return fine;
  }

  private int reportEarlier(Path rows) throws IOException {
    if (report == null) {
      throw new ParameterException(spec.commandLine(), "--from needs --report, to write into");
    }
    Results results = Results.read(rows);
    new Table(System.out).targets(results.rows());
    Report.write(report, Questions.all(), results);
    return 0;
  }

  private List<Benchmark> chosen() {
    List<Benchmark> all = Questions.all();
    for (String name : names) {
      if (!name.equals(TARGETS)
          && all.stream().noneMatch(benchmark -> benchmark.name().equals(name))) {
        throw new ParameterException(
            spec.commandLine(),
            "there is no benchmark '%s'; see 'tidemark bench --help'".formatted(name));
      }
    }
    return all.stream().filter(this::isChosen).toList();
  }

  private boolean isChosen(Benchmark benchmark) {
    return names.isEmpty()
        ? !benchmark.isLong()
        : names.contains(benchmark.name())
            || (names.contains(TARGETS) && !benchmark.targets().isEmpty());
  }

  private void run(Benchmark benchmark) throws Exception {
    Table table = new Table(System.out);
    table.heading(benchmark);
    try (Run run =
        new Run(
            quick ? Scale.QUICK : Scale.FULL,
            directory,
            row -> {
              table.row(row);
              if (json != null) {
                new JsonLines(json).row(benchmark, row);
              }
            },
            note -> System.err.println("  .. " + note))) {
      benchmark.run(run);
    } catch (IOException e) {
      throw new IOException("benchmark " + benchmark.name() + " could not run", e);
    }
  }
}
