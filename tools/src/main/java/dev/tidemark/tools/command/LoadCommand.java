package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.storage.RecoveryReport;
import dev.tidemark.tools.load.Load;
import dev.tidemark.tools.load.LoadOptions;
import dev.tidemark.tools.load.LoadReport;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Failure;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.output.Progress;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes until it is stopped, and writes down what it was told is in. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = {
      "Write a mixed workload into a store, and write down each commit that is acknowledged.",
      "",
      "The workload has updates of all strategies, single and in batches, on keys of one thread and"
          + " on keys that all share, large values, commits of another member of its cluster, reads and"
          + " scans that are compared with what was written, flushes, rolls, compactions, snapshots,"
          + " truncations, collections and sweeps; segments, memory and budgets are small, so that"
          + " sealing, folding and forgetting go on all the time. It follows from the seed.",
      "",
      "Each acknowledgement is a line of FILE, written at once and never before the commit is as"
          + " durable as it says. Kill it at any time: 'tidemark check' with the same FILE tells"
          + " what is lost. A store and a FILE that are there already are continued. If the disk"
          + " is almost full, it tries again until the end of its time."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it ran to its end",
      "1:an argument is wrong",
      "2:the store is damaged, or shows another value than was written",
      "3:the store or the file cannot be opened, or has failed; what was acknowledged before stands"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark load stores/A --acks acks.txt --seconds 10",
      "  tidemark load stores/A --acks acks.txt --ops 100000 --seed 7 --threads 8 --durability SYNCED"
    })
public final class LoadCommand implements Callable<Integer> {
  private static final int MOST_THREADS = 1024;

  private final Printer printer;

  @Parameters(paramLabel = "DIR", description = "The store's directory; created if it is missing.")
  private Path directory;

  @Option(
      names = "--acks",
      required = true,
      paramLabel = "FILE",
      description = "Where acknowledgements go; not in DIR.")
  private Path file;

  @Option(
      names = "--durability",
      paramLabel = "LEVEL",
      description = "BUFFERED, SYNCED or MIXED (${DEFAULT-VALUE}).")
  private Level durability;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "What the workload follows from (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "T",
      description =
          "Threads that update; one more brings another replica's commits (${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long; 10 if neither this nor --ops is given.")
  private @Nullable Long seconds;

  @Option(names = "--ops", paramLabel = "N", description = "How many commits.")
  private @Nullable Long commits;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "Commits a second; as many as there can be if it is not given.")
  private @Nullable Double rate;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** What every commit waits for. */
  enum Level {
    BUFFERED,
    SYNCED,
    /** Each commit says for itself. */
    MIXED
  }

  /** A command that speaks through a printer. */
  public LoadCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
    this.file = Path.of("");
    this.durability = Level.MIXED;
    this.seed = 1;
    this.threads = 4;
  }

  @Override
  public Integer call() throws IOException {
    LoadOptions options = options();
    Load.Outcome outcome;
    try (Progress progress = printer.progress("commits")) {
      outcome = new Load(directory, file, options, new Watcher(progress)).run();
    }
    LoadReport report = outcome.report();
    if (json) {
      printer.json(out -> write(out, report));
    } else {
      print(report);
    }
    return outcome.failure() == null ? ExitCode.FINE : fail(outcome.failure());
  }

  /** Behind the numbers: what was acknowledged until then stands. */
  private int fail(Throwable failure) {
    Failure told = Failure.of(failure);
    printer.remark("tidemark: " + told.message());
    return told.exitCode() == ExitCode.DAMAGED ? ExitCode.DAMAGED : ExitCode.CANNOT_OPEN;
  }

  private LoadOptions options() {
    Arguments.atLeastOne("--threads", threads);
    Arguments.atMost("--threads", threads, MOST_THREADS);
    atLeastOne("--seconds", seconds);
    atLeastOne("--ops", commits);
    if (rate != null) {
      Arguments.above0("--rate", rate);
    }
    Long bound = seconds == null && commits == null ? Long.valueOf(10) : seconds;
    return new LoadOptions(
        switch (durability) {
          case BUFFERED -> Durability.BUFFERED;
          case SYNCED -> Durability.SYNCED;
          case MIXED -> null;
        },
        seed,
        threads,
        bound == null ? 0 : bound,
        commits == null ? 0 : commits,
        rate == null ? 0 : rate);
  }

  private static void atLeastOne(String option, @Nullable Long value) {
    if (value != null) {
      Arguments.atLeastOne(option, value);
    }
  }

  private final class Watcher implements Load.Watcher {
    private final Progress progress;

    Watcher(Progress progress) {
      this.progress = progress;
    }

    @Override
    public void opened(RecoveryReport report) {
      RecoveryWords.lines(report).forEach(printer::remark);
    }

    @Override
    public void at(long done, double share) {
      progress.at(done, share);
    }
  }

  private void print(LoadReport report) {
    printer.line(
        "session %d: %,d commits acknowledged (%,d updates, %,d commits synced, %,d of another"
            + " replica) in %.1f s, %,.0f/s; %,d reads, %,d scans, %,d flushes, %,d rolls, %,d"
            + " compactions, %,d snapshots, %,d truncations, %,d collections, %,d sweeps, %,d refused for want of space; the log"
            + " ends at position %,d",
        report.session(),
        report.commits(),
        report.updates(),
        report.synced(),
        report.remote(),
        report.seconds(),
        report.commits() / Math.max(report.seconds(), 1e-3),
        report.reads(),
        report.scans(),
        report.flushes(),
        report.rolls(),
        report.compactions(),
        report.snapshots(),
        report.truncations(),
        report.collections(),
        report.sweeps(),
        report.refused(),
        report.position());
  }

  private static void write(JsonGenerator out, LoadReport report) throws IOException {
    out.writeStartObject();
    out.writeNumberField("session", report.session());
    out.writeNumberField("commits", report.commits());
    out.writeNumberField("updates", report.updates());
    out.writeNumberField("synced", report.synced());
    out.writeNumberField("remote", report.remote());
    out.writeNumberField("reads", report.reads());
    out.writeNumberField("scans", report.scans());
    out.writeNumberField("flushes", report.flushes());
    out.writeNumberField("rolls", report.rolls());
    out.writeNumberField("compactions", report.compactions());
    out.writeNumberField("snapshots", report.snapshots());
    out.writeNumberField("truncations", report.truncations());
    out.writeNumberField("collections", report.collections());
    out.writeNumberField("sweeps", report.sweeps());
    out.writeNumberField("refused", report.refused());
    out.writeNumberField("position", report.position());
    out.writeNumberField("seconds", report.seconds());
    out.writeEndObject();
  }
}
