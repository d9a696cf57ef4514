package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.storage.inspect.VerifyReport;
import dev.tidemark.tools.output.Directories;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Holds a store to everything it claims. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Check everything that a store claims of itself. Writes no byte of the store.",
      "",
      "Read are: every entry of the log with its checksum and position, every segment against the"
          + " catalogue, the durable mark, every origin's sequences, times and chain of hashes; every"
          + " block of the state with its checksum, every key's digest and count. Where the log"
          + " reaches back to its beginning, the state is built again from the log alone and"
          + " compared key by key; that takes room for a copy of the state in the scratch"
          + " directory. Every snapshot is held to its manifest.",
      "",
      "Each finding is shown with its place, what should be there and what is."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything is as it should be",
      "1:an argument is wrong",
      "2:something is damaged",
      "3:there is no store, or it cannot be read"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark verify stores/A",
      "  tidemark verify stores/A --json --scratch /var/tmp/room"
    })
public final class VerifyCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      description = "Where to build the state again; by default the directory for temporary files.")
  private @Nullable Path scratch;

  @Option(names = "--json", description = "Print each finding, then the report, as objects.")
  private boolean json;

  /** A command that speaks through a printer. */
  public VerifyCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
  }

  @Override
  public Integer call() throws IOException {
    Path room =
        scratch == null
            ? Files.createTempDirectory("tidemark-verify")
            : Files.createTempDirectory(Files.createDirectories(scratch), "tidemark-verify");
    VerifyReport report;
    try {
      report = Verification.run(directory, room.resolve("state"), this::show);
    } finally {
      Directories.delete(room);
    }
    if (json) {
      printer.json(out -> write(out, report));
    } else {
      print(report);
    }
    return report.isClean() ? ExitCode.FINE : ExitCode.DAMAGED;
  }

  private void show(Finding finding) {
    String part = finding.part().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    if (json) {
      printer.json(
          out -> {
            out.writeStartObject();
            out.writeStringField("part", part);
            out.writeStringField("where", finding.where());
            out.writeStringField("expected", finding.expected());
            out.writeStringField("actual", finding.actual());
            out.writeEndObject();
          });
    } else {
      String where = finding.where().isEmpty() ? "" : " at " + finding.where();
      printer.line("damaged: " + part + where);
      printer.line("  expected " + finding.expected());
      printer.line("  actual   " + finding.actual());
    }
  }

  private void print(VerifyReport report) {
    printer.line(
        "log: positions %,d to %,d, %,d segments, %s%,d commits, %,d operations, %,d bytes",
        report.firstPosition(),
        report.lastPosition(),
        report.segments(),
        report.folded() == 0
            ? ""
            : String.format(Locale.ROOT, "%,d folded deltas, ", report.folded()),
        report.commits(),
        report.operations(),
        report.logBytes());
    printer.line(
        "state: applied to position %,d, %,d keys, %,d cells, %,d bytes",
        report.appliedPosition(), report.keys(), report.cells(), report.stateBytes());
    printer.line(
        report.notCompared() == null
            ? String.format(Locale.ROOT, "log against state: %,d keys compared", report.compared())
            : "log against state: not compared, because " + report.notCompared());
    if (report.snapshots() > 0) {
      printer.line("snapshots: %,d held to their manifests", report.snapshots());
    }
    if (report.largeValues() > 0) {
      printer.line(
          "large values: %,d, of %,d good chunks", report.largeValues(), report.largeChunks());
    }
    if (report.tornTail() != null) {
      printer.line(
          "unfinished tail, which was never promised and is cut at the next open: "
              + report.tornTail());
    }
    printer.line(
        report.isClean()
            ? "fine"
            : String.format(Locale.ROOT, "damaged: %,d findings", report.findings()));
  }

  private static void write(JsonGenerator out, VerifyReport report) throws IOException {
    out.writeStartObject();
    out.writeBooleanField("fine", report.isClean());
    out.writeNumberField("findings", report.findings());
    out.writeNumberField("firstPosition", report.firstPosition());
    out.writeNumberField("lastPosition", report.lastPosition());
    out.writeNumberField("segments", report.segments());
    out.writeNumberField("commits", report.commits());
    out.writeNumberField("operations", report.operations());
    out.writeNumberField("folded", report.folded());
    out.writeNumberField("logBytes", report.logBytes());
    out.writeNumberField("appliedPosition", report.appliedPosition());
    out.writeNumberField("keys", report.keys());
    out.writeNumberField("cells", report.cells());
    out.writeNumberField("stateBytes", report.stateBytes());
    out.writeNumberField("keysCompared", report.compared());
    out.writeStringField("notCompared", report.notCompared());
    out.writeStringField("tornTail", report.tornTail());
    out.writeNumberField("snapshots", report.snapshots());
    out.writeNumberField("largeValues", report.largeValues());
    out.writeNumberField("largeChunks", report.largeChunks());
    out.writeEndObject();
  }
}
