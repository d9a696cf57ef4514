package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.blob.BlobFinding;
import dev.tidemark.storage.blob.BlobReport;
import dev.tidemark.storage.blob.SweepReport;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.storage.inspect.StoreDirectory;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Counts and checks the chunks of large values, or removes those that nothing refers to. */
@Command(
    name = "blobs",
    mixinStandardHelpOptions = true,
    description = {
      "Read the chunks of all large values that log, state and snapshots refer to, and count those"
          + " that nothing refers to. Writes no byte of the store.",
      "",
      "With --sweep, open the store and remove what nothing refers to; a store that is open does it"
          + " by itself after its log was folded or cut."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every large value is whole, or the sweep is done",
      "1:an argument is wrong",
      "2:chunks are missing or damaged, or the store is",
      "3:there is no store, or it is held by another process"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  tidemark blobs stores/A", "  tidemark blobs stores/A --sweep --json"})
public final class BlobsCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Option(names = "--sweep", description = "Remove chunks that nothing refers to.")
  private boolean sweep;

  @Option(names = "--json", description = "Print each finding, then the report, as objects.")
  private boolean json;

  /** A command that speaks through a printer. */
  public BlobsCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
  }

  @Override
  public Integer call() {
    if (sweep) {
      StoreDirectory.identity(StoreDirectory.files(directory));
      try (Tidemark store = Tidemark.open(directory, Schema.empty())) {
        print(store.largeValues().sweep());
      }
      return ExitCode.FINE;
    }
    try (Inspection store = Inspection.open(directory)) {
      BlobReport report = store.checkLargeValues(this::show);
      print(report);
      return report.isWhole() ? ExitCode.FINE : ExitCode.DAMAGED;
    }
  }

  private void show(BlobFinding found) {
    String kind = found.kind().name().toLowerCase(Locale.ROOT);
    if (json) {
      printer.json(
          out -> {
            out.writeStartObject();
            out.writeStringField("kind", kind);
            out.writeStringField("file", found.file().toString());
            out.writeStringField("value", found.value().toString());
            out.writeStringField("message", found.message());
            out.writeEndObject();
          });
    } else {
      printer.line("%s: %s", kind, found.file());
      printer.line("  of a large value of %s", found.value());
      printer.line("  %s", found.message());
    }
  }

  private void print(BlobReport report) {
    if (json) {
      printer.json(out -> write(out, report));
      return;
    }
    printer.line("values        %,d", report.values());
    printer.line("incomplete    %,d", report.incomplete());
    printer.line("chunks        %,d, %,d bytes", report.chunks(), report.bytes());
    printer.line("missing       %,d", report.missing());
    printer.line("damaged       %,d", report.damaged());
    printer.line("unreferenced  %,d, %,d bytes", report.unreferenced(), report.unreferencedBytes());
  }

  private static void write(JsonGenerator out, BlobReport report) throws IOException {
    out.writeStartObject();
    out.writeNumberField("values", report.values());
    out.writeNumberField("incomplete", report.incomplete());
    out.writeNumberField("chunks", report.chunks());
    out.writeNumberField("bytes", report.bytes());
    out.writeNumberField("missing", report.missing());
    out.writeNumberField("damaged", report.damaged());
    out.writeNumberField("unreferenced", report.unreferenced());
    out.writeNumberField("unreferencedBytes", report.unreferencedBytes());
    out.writeEndObject();
  }

  private void print(SweepReport report) {
    if (json) {
      printer.json(
          out -> {
            out.writeStartObject();
            out.writeNumberField("kept", report.kept());
            out.writeNumberField("removed", report.removed());
            out.writeNumberField("removedBytes", report.removedBytes());
            out.writeEndObject();
          });
    } else {
      printer.line(
          "removed: %,d chunks, %,d bytes; %,d kept",
          report.removed(), report.removedBytes(), report.kept());
    }
  }
}
