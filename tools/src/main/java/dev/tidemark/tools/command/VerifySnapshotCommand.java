package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.storage.blob.BlobReport;
import dev.tidemark.storage.snapshot.SnapshotCheck;
import dev.tidemark.storage.snapshot.SnapshotMismatch;
import dev.tidemark.storage.snapshot.SnapshotReport;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.words.SnapshotWords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Holds a snapshot to its manifest. */
@Command(
    name = "verify-snapshot",
    mixinStandardHelpOptions = true,
    description = {
      "Check a snapshot, in a store or copied elsewhere. Writes no byte.",
      "",
      "Every file is compared with its length and its SHA-256; then the state in it is opened for"
          + " reading, every key compared with its digest and count, and all keys with the Merkle"
          + " root of their namespace. What is read from the page cache says nothing about the"
          + " medium below."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything is as the manifest says",
      "1:an argument is wrong",
      "2:the snapshot is damaged",
      "3:there is no snapshot, or it was not finished, or cannot be read"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark verify-snapshot stores/A/snapshots/0000000000001000-5f3a9c1d20b7e486",
      "  tidemark verify-snapshot /mnt/backup/A/0000000000001000-5f3a9c1d20b7e486 --json"
    })
public final class VerifySnapshotCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(paramLabel = "SNAPSHOT", description = "The snapshot's directory.")
  private Path directory;

  @Option(names = "--json", description = "Print each finding, then the report, as objects.")
  private boolean json;

  /** A command that speaks through a printer. */
  public VerifySnapshotCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
  }

  @Override
  public Integer call() {
    SnapshotReport report = SnapshotCheck.runWithLargeValues(directory, this::show, () -> {});
    if (json) {
      printer.json(out -> write(out, report));
    } else {
      SnapshotWords.lines(report.snapshot()).forEach(printer::line);
      printer.line("checked    %,d keys, %,d cells", report.audit().keys(), report.audit().cells());
      BlobReport largeValues = report.largeValues();
      if (largeValues != null) {
        SnapshotWords.lines(largeValues).forEach(printer::line);
      }
      printer.line(
          report.isClean()
              ? "fine"
              : String.format(Locale.ROOT, "damaged: %,d findings", report.mismatches()));
    }
    return report.isClean() ? ExitCode.FINE : ExitCode.DAMAGED;
  }

  private void show(SnapshotMismatch found) {
    if (json) {
      printer.json(
          out -> {
            out.writeStartObject();
            out.writeStringField("where", found.where());
            out.writeStringField("expected", found.expected());
            out.writeStringField("actual", found.actual());
            out.writeEndObject();
          });
    } else {
      printer.line("%s: expected %s, found %s", found.where(), found.expected(), found.actual());
    }
  }

  private static void write(JsonGenerator out, SnapshotReport report) throws IOException {
    out.writeStartObject();
    out.writeBooleanField("fine", report.isClean());
    out.writeNumberField("findings", report.mismatches());
    SnapshotWords.write(out, report.snapshot());
    out.writeNumberField("keys", report.audit().keys());
    out.writeNumberField("cells", report.audit().cells());
    BlobReport largeValues = report.largeValues();
    if (largeValues != null) {
      SnapshotWords.write(out, largeValues);
    }
    out.writeEndObject();
  }
}
