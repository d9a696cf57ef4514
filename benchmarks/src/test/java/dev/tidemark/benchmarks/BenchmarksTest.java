package dev.tidemark.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Scale;
import dev.tidemark.benchmarks.harness.Target;
import dev.tidemark.benchmarks.question.Questions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A benchmark is run rarely: without this, one that no longer works is found when it is needed. */
class BenchmarksTest {
  @TempDir Path directory;

  static Stream<Benchmark> benchmarks() {
    return Questions.all().stream();
  }

  @ParameterizedTest
  @MethodSource("benchmarks")
  void runsAndLeavesNothingBehind(Benchmark benchmark) throws Exception {
    List<Row> rows = new ArrayList<>();

    try (Run run = new Run(Scale.TINY, directory, rows::add, note -> {})) {
      benchmark.run(run);
    }

    assertThat(rows).isNotEmpty().allSatisfy(row -> assertThat(row.measured().text()).isNotEmpty());
    assertThat(rows.stream().flatMap(row -> Stream.ofNullable(row.verdict())))
        .extracting(Row.Verdict::target)
        .containsExactlyInAnyOrderElementsOf(benchmark.targets());
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void namesAreUnique() {
    assertThat(Questions.all()).extracting(Benchmark::name).doesNotHaveDuplicates();
  }

  @Test
  void everyTargetIsMeasuredByOneBenchmark() {
    assertThat(Questions.all().stream().flatMap(benchmark -> benchmark.targets().stream()))
        .containsExactlyInAnyOrder(Target.values());
  }

  @Test
  void aComparisonSaysWhatIsUnfairInIt() {
    assertThat(Questions.all())
        .filteredOn(benchmark -> !benchmark.targets().isEmpty())
        .allSatisfy(benchmark -> assertThat(benchmark.unfairness()).isNotEmpty());
  }

  @Test
  void refusesAReportThatHasNoPlaceBeforeAnythingIsMeasured(@TempDir Path directory)
      throws IOException {
    Path measured = Files.createDirectory(directory.resolve("measured"));
    String[] arguments = {"put", "--dir", measured.toString(), "--report", directory.toString()};
    assertThat(Main.commandLine().execute(arguments)).isEqualTo(1);
    Files.writeString(directory.resolve("benchmarks.md"), "no marker");
    assertThat(Main.commandLine().execute(arguments)).isEqualTo(1);
    assertThat(measured).isEmptyDirectory();
  }

  @Test
  void refusesANameThatNoBenchmarkHas() {
    assertThat(Main.commandLine().execute("no-such-benchmark")).isEqualTo(1);
  }
}
