package dev.tidemark.tools.command;

import dev.tidemark.tools.output.Directories;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.output.Progress;
import dev.tidemark.tools.scenario.Conformance;
import dev.tidemark.tools.scenario.Conformance.Outcome;
import dev.tidemark.tools.scenario.Forced;
import dev.tidemark.tools.scenario.Step;
import dev.tidemark.tools.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs scenario files against real stores. */
@Command(
    name = "conform",
    mixinStandardHelpOptions = true,
    description = {
      "Run scenarios against real stores and compare what they read.",
      "",
      "A file holds one scenario a line, as JSON. Each replica of a scenario is a store of its own"
          + " on disk, under a clock that the scenario sets and without a bound on clock drift."
          + " Stores exchange what they have seen in process or, with --transport grpc, each at an"
          + " endpoint of its own on loopback.",
      "",
      "The step 'compact' seals the log's segment and folds all of the log into one; 'truncate'"
          + " takes a snapshot and cuts off the log below it, as far as nobody reads there still."
          + " 'flush' flushes the state; 'restart' closes the store and opens it again; 'gc' says what"
          + " was seen and forgets what every member of the cluster has seen.",
      "",
      "With --forced every store does the given steps, in their order, after each step that it sees"
          + " something new in, and is verified at the end: state and snapshots against the log."
          + " No value may change. Scenarios that receive 'until' an operation need the log as it"
          + " was written: where it is compacted, truncated or collected they are skipped, and"
          + " counted. Where it is collected, all replicas of a scenario are members of one cluster"
          + " from the beginning.",
      "",
      "The last line is always 'N scenarios, M mismatches'; before it, each value that is not the"
          + " expected one is shown with file, line, scenario and step. A line that is no scenario is"
          + " named on the error stream, and the others are run all the same."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every value is as expected",
      "1:lines are no scenarios, each named with its file; whatever became of the others",
      "2:there are mismatches, and no such lines",
      "3:a file or a store cannot be opened"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark conform docs/conformance/*.jsonl",
      "  tidemark conform --forced compact,truncate docs/conformance/*.jsonl",
      "  tidemark conform --keep /tmp/stores docs/conformance/or-set.jsonl"
    })
public final class ConformCommand implements Callable<Integer> {
  private final Printer printer;
  private long scenarios;
  private long skipped;
  private long mismatches;
  private long malformed;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Scenario files; .gz is unpacked.")
  private List<Path> files;

  @Option(
      names = "--keep",
      paramLabel = "DIR",
      description = "Keep the stores there, one directory a scenario; must be empty or new.")
  private @Nullable Path keep;

  @Option(
      names = "--forced",
      paramLabel = "STEP",
      split = ",",
      converter = ChoreWord.class,
      description = "Do this too after every step: compact, truncate, restart, flush, gc.")
  private List<Step.Chore> forced;

  @Option(
      names = "--transport",
      paramLabel = "HOW",
      description = "How stores exchange: ${COMPLETION-CANDIDATES}; by default process.")
  private Transport.Kind transport = Transport.Kind.PROCESS;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Scenarios that run at the same time; by default two a processor.")
  // Small stores wait for the disk half of the time.
  private int threads = 2 * Runtime.getRuntime().availableProcessors();

  /** A command that speaks through a printer. */
  public ConformCommand(Printer printer) {
    this.printer = printer;
    this.files = List.of();
    this.forced = List.of();
  }

  @Override
  public Integer call() throws IOException {
    Arguments.atLeastOne("--threads", threads);
    if (keep != null) {
      Directories.requireFresh(keep);
      run(keep);
    } else {
      Path temporary = Files.createTempDirectory("tidemark-conform");
      try {
        run(temporary);
      } finally {
        Directories.delete(temporary);
      }
    }
    if (skipped > 0) {
      printer.line("%d scenarios skipped: they need the log as it was written", skipped);
    }
    if (malformed > 0) {
      printer.line("%d lines are no scenarios", malformed);
    }
    printer.line("%d scenarios, %d mismatches", scenarios, mismatches);
    if (malformed > 0) {
      return ExitCode.USAGE;
    }
    return mismatches == 0 ? ExitCode.FINE : ExitCode.DAMAGED;
  }

  private void run(Path directory) throws IOException {
    try (Progress progress = printer.progress("scenarios");
        Conformance run =
            new Conformance(
                directory, keep != null, new Forced(forced), transport, threads, new Judge())) {
      run.run(files, progress);
      skipped = run.skipped();
    }
  }

  /** A chore by the word that scenarios use for it. */
  private static final class ChoreWord implements ITypeConverter<Step.Chore> {
    @Override
    public Step.Chore convert(String word) {
      return Step.Chore.of(word);
    }
  }

  /** Counts and shows what came of each scenario. */
  private final class Judge implements Conformance.Listener {
    @Override
    public void onOutcome(Outcome outcome) {
      scenarios++;
      mismatches += outcome.mismatches().size();
      outcome
          .mismatches()
          .forEach(mismatch -> mismatch.lines(outcome.where()).forEach(printer::line));
    }

    @Override
    public void onMalformed(String complaint) {
      malformed++;
      printer.remark("tidemark: " + complaint);
    }
  }
}
