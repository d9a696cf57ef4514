package dev.tidemark.tools.command;

import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.output.Progress;
import dev.tidemark.tools.scenario.Mismatch;
import dev.tidemark.tools.scenario.Trace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Replays a trace of any length into stores that stay. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Replay a trace into stores, and compare what they read.",
      "",
      "A trace is a scenario of any length: its first line is the scenario without its steps, each"
          + " further line is one step, and lines with 'expect' may stand anywhere. It is read as it"
          + " is replayed. The stores stay in DIR, one directory a replica."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every value is as expected",
      "1:the file is not a trace, or DIR is in use; the message says where",
      "2:there are mismatches",
      "3:the file or a store cannot be opened"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  tidemark replay history.jsonl.gz --dir stores", "  tidemark scan stores/A cart:"})
public final class ReplayCommand implements Callable<Integer> {
  private final Printer printer;
  private long mismatches;

  @Parameters(paramLabel = "TRACE", description = "The trace; .gz is unpacked.")
  private Path trace;

  @Option(
      names = "--dir",
      required = true,
      paramLabel = "DIR",
      description = "Where the stores go; must hold none of the trace's replicas yet.")
  private Path directory;

  /** A command that speaks through a printer. */
  public ReplayCommand(Printer printer) {
    this.printer = printer;
    this.trace = Path.of("");
    this.directory = Path.of("");
  }

  @Override
  public Integer call() throws IOException {
    try (Progress progress = printer.progress("operations")) {
      long made;
      long received;
      try (Trace replay = Trace.open(trace, directory)) {
        replay.run(progress, mismatch -> show(progress, mismatch));
        made = replay.cluster().made();
        received = replay.cluster().received();
      }
      // The stores are closed by now: their last folds and syncs belong to the rate.
      progress.close();
      printer.line(
          "%,d operations made, %,d received, %s, %,d mismatches",
          made, received, progress.rate(made + received), mismatches);
    }
    return mismatches == 0 ? ExitCode.FINE : ExitCode.DAMAGED;
  }

  private void show(Progress progress, Mismatch mismatch) {
    mismatches++;
    progress.close();
    mismatch.lines(trace.getFileName().toString()).forEach(printer::line);
  }
}
