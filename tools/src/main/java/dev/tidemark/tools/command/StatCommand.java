package dev.tidemark.tools.command;

import dev.tidemark.storage.statistics.StoreStatistics;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.output.Progress;
import dev.tidemark.tools.words.StatisticsWords;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints what a store holds and takes up. */
@Command(
    name = "stat",
    mixinStandardHelpOptions = true,
    description = {
      "Print what a store holds and what it takes up: segments, sizes on the disk, bytes for each"
          + " byte of value, the keys with most operations, how far each replica is, and what could"
          + " be forgotten. Reads the log and the state once, in bounded memory. Writes no byte of"
          + " the store, and may be run while another process has it open.",
      "",
      "A replica is 'behind' by the operations here that it had not seen when it made its newest"
          + " operation here. Counts of keys are estimates, good to about 1 %%; a hot key's count is"
          + " exact, or at most too great by what is said beside it."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the statistics were printed",
      "1:an argument is wrong",
      "2:the store is damaged",
      "3:there is no store, or it cannot be opened"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark stat stores/A",
      "  tidemark stat stores/A --hot 100 --json | jq .hottest"
    })
public final class StatCommand implements Callable<Integer> {
  private static final int MOST_HOT = 100;

  private final Printer printer;

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Option(
      names = "--hot",
      paramLabel = "N",
      description = "Show so many of the hottest keys; ${DEFAULT-VALUE} by default, 100 at most.")
  private int hot = 10;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** A command that speaks through a printer. */
  public StatCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
  }

  @Override
  public Integer call() {
    Arguments.atLeastOne("--hot", hot);
    Arguments.atMost("--hot", hot, MOST_HOT);
    StoreStatistics statistics;
    try (Progress log = printer.progress("positions");
        Progress keys = printer.progress("keys")) {
      statistics =
          StoreStatistics.of(
              directory,
              new StoreStatistics.Listener() {
                @Override
                public void position(long position, long last) {
                  log.at(position, (double) position / last);
                }

                @Override
                public void key(long number) {
                  keys.at(number, -1);
                }
              });
    }
    StatisticsWords words = new StatisticsWords(statistics, hot);
    if (json) {
      printer.json(words::writeTo);
    } else {
      words.lines().forEach(printer::line);
    }
    return ExitCode.FINE;
  }
}
