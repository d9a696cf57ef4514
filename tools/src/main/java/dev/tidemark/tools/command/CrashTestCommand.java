package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.tools.crash.CrashReport;
import dev.tidemark.tools.crash.CrashTest;
import dev.tidemark.tools.output.Directories;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.output.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Kills writing processes and checks what they leave. */
@Command(
    name = "crash-test",
    mixinStandardHelpOptions = true,
    description = {
      "Kill processes that write, and check what they leave.",
      "",
      "A round starts 'tidemark load' in a process of its own and kills it with SIGKILL: at a random"
          + " time, or at a named step, before or after it, where the process kills itself. The"
          + " opens that follow are killed too, up to three in a row. Some stores are damaged before"
          + " they are opened, where nothing may be lost by it. Then 'tidemark check' has to find"
          + " nothing lost and nothing wrong. Eight rounds share a store, so that recovery meets"
          + " what recovery has left. What happens in a round follows from the seed and its number.",
      "",
      "Every step has to be reached: one that was aimed at five times and never came is a failure."
          + " The first round that fails ends the test; its directory is kept, and the line to"
          + " repeat it is printed."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing was lost, nothing was wrong, every step was reached",
      "1:an argument is wrong",
      "2:a round failed",
      "3:the directory cannot be used, or processes cannot be started"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark crash-test --rounds 100",
      "  tidemark crash-test --rounds 1000 --seed 7 --dir /mnt/scratch --json",
      "  tidemark crash-test --rounds 20 --point segment_seal"
    })
public final class CrashTestCommand implements Callable<Integer> {
  private final Printer printer;

  @Option(names = "--rounds", paramLabel = "N", description = "How many (${DEFAULT-VALUE}).")
  private long rounds;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "What happens follows from it (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--first",
      paramLabel = "N",
      description = "Begin with this round, or with the first that shares its directory.")
  private long first;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where the stores go; by default the directory for temporary files.")
  private @Nullable Path parent;

  @Option(names = "--point", paramLabel = "STEP", description = "Aim at this step in every round.")
  private @Nullable String point;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** A command that speaks through a printer. */
  public CrashTestCommand(Printer printer) {
    this.printer = printer;
    this.rounds = 100;
    this.seed = 1;
    this.first = 1;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Arguments.atLeastOne("--rounds", rounds);
    Arguments.atLeastOne("--first", first);
    CrashPoint only = point == null ? null : point(point);
    Path directory =
        parent == null
            ? Files.createTempDirectory("tidemark-crash")
            : Files.createTempDirectory(Files.createDirectories(parent), "tidemark-crash");
    CrashReport report;
    try (Progress progress = printer.progress("rounds")) {
      report =
          new CrashTest(directory, seed, only)
              .run(
                  CrashTest.firstOfDirectory(first),
                  rounds,
                  so -> progress.at(so.rounds(), (double) so.rounds() / rounds));
    }
    if (report.failures().isEmpty()) {
      Directories.delete(directory);
    }
    if (json) {
      printer.json(out -> write(out, report));
    } else {
      print(report);
    }
    return report.failures().isEmpty() ? ExitCode.FINE : ExitCode.DAMAGED;
  }

  private static CrashPoint point(String name) {
    List<CrashPoint> points = CrashTest.points();
    for (CrashPoint point : points) {
      if (point.name().equalsIgnoreCase(name)) {
        return point;
      }
    }
    String all =
        points.stream()
            .map(known -> known.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(" "));
    throw Problem.of("there is no such step")
        .with("step", name)
        .advise("give one of: " + all)
        .illegalArgument();
  }

  private void print(CrashReport report) {
    report.kills().forEach((kind, count) -> printer.line("%6d killed %s", count, kind));
    report.missed().forEach((kind, count) -> printer.line("%6d not killed %s", count, kind));
    report
        .cases()
        .forEach((found, count) -> printer.line("%6d recovered: %s", count, found.words()));
    printer.line(
        "recovery in ms: 50%% %d, 90%% %d, 99%% %d, greatest %d",
        report.recoveries().getValueAtPercentile(50),
        report.recoveries().getValueAtPercentile(90),
        report.recoveries().getValueAtPercentile(99),
        report.recoveries().getMaxValue());
    report.failures().forEach(failure -> printer.line("failed: " + failure));
    if (!report.failures().isEmpty()) {
      long failed = CrashTest.firstOfDirectory(first) + report.rounds() - 1;
      long start = CrashTest.firstOfDirectory(failed);
      printer.line(
          "to repeat it: tidemark crash-test --seed %d --first %d --rounds %d%s",
          seed, start, failed - start + 1, point == null ? "" : " --point " + point);
    }
    printer.line(
        "%d rounds, %d kills, %d acknowledged, %d lost, %d wrong",
        report.rounds(), report.killCount(), report.acknowledged(), report.lost(), report.wrong());
  }

  private static void write(JsonGenerator out, CrashReport report) throws IOException {
    out.writeStartObject();
    out.writeNumberField("rounds", report.rounds());
    out.writeNumberField("kills", report.killCount());
    out.writeNumberField("acknowledged", report.acknowledged());
    out.writeNumberField("lost", report.lost());
    out.writeNumberField("wrong", report.wrong());
    write(out, "killsByMoment", report.kills());
    write(out, "notReached", report.missed());
    out.writeObjectFieldStart("recoveryCases");
    for (var found : report.cases().entrySet()) {
      out.writeNumberField(found.getKey().words(), found.getValue());
    }
    out.writeEndObject();
    out.writeObjectFieldStart("recoveryMillis");
    out.writeNumberField("p50", report.recoveries().getValueAtPercentile(50));
    out.writeNumberField("p90", report.recoveries().getValueAtPercentile(90));
    out.writeNumberField("p99", report.recoveries().getValueAtPercentile(99));
    out.writeNumberField("max", report.recoveries().getMaxValue());
    out.writeEndObject();
    out.writeArrayFieldStart("failures");
    for (String failure : report.failures()) {
      out.writeString(failure);
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, String name, Map<String, Long> counts)
      throws IOException {
    out.writeObjectFieldStart(name);
    for (var count : counts.entrySet()) {
      out.writeNumberField(count.getKey(), count.getValue());
    }
    out.writeEndObject();
  }
}
