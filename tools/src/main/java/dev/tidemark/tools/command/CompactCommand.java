package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.compaction.CompactionReport;
import dev.tidemark.storage.inspect.StoreDirectory;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.output.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Folds a store's log at once. */
@Command(
    name = "compact",
    mixinStandardHelpOptions = true,
    description = {
      "Fold a store's log into one segment, which holds per key what its operations come to. No"
          + " value changes by it, and nothing is forgotten: removes are kept for those who have not"
          + " seen them.",
      "",
      "The store is opened and closed; a store that is open folds its log by itself, a part at a"
          + " time. Room is needed for what the log comes to, once or twice. It can be interrupted at"
          + " any moment: the log is then as it was."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the log is folded",
      "1:an argument is wrong",
      "2:the store is damaged; nothing was changed",
      "3:there is no store, or it is held by another process, or the disk is full"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  tidemark compact stores/A", "  tidemark compact stores/A --json"})
public final class CompactCommand implements Callable<Integer> {
  private final Printer printer;
  private long bytesRead;

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** A command that speaks through a printer. */
  public CompactCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
  }

  @Override
  public Integer call() {
    StoreDirectory.identity(StoreDirectory.files(directory));
    CompactionReport report;
    try (Tidemark store = Tidemark.open(directory, Schema.empty())) {
      report = compact(store);
    }
    if (json) {
      printer.json(out -> write(out, report));
    } else {
      print(report);
    }
    return ExitCode.FINE;
  }

  private CompactionReport compact(Tidemark store) {
    try (Progress progress = printer.progress("bytes")) {
      return store.compact(
          bytes -> {
            bytesRead += bytes;
            // How much is read again is not known before.
            progress.at(bytesRead, 0);
          });
    }
  }

  private void print(CompactionReport report) {
    if (report.segmentsBefore() == 0) {
      printer.line("nothing to do: all that is sealed is in one segment");
      return;
    }
    printer.line(
        "folded: %,d segments, %,d positions, %,d bytes",
        report.segmentsBefore(), report.positions(), report.bytesBefore());
    printer.line(
        "into: %,d deltas, %,d bytes, in %,d ms",
        report.records(), report.bytesAfter(), report.millis());
  }

  private static void write(JsonGenerator out, CompactionReport report) throws IOException {
    out.writeStartObject();
    out.writeNumberField("segments", report.segmentsBefore());
    out.writeNumberField("positions", report.positions());
    out.writeNumberField("bytesBefore", report.bytesBefore());
    out.writeNumberField("records", report.records());
    out.writeNumberField("bytesAfter", report.bytesAfter());
    out.writeNumberField("millis", report.millis());
    out.writeEndObject();
  }
}
