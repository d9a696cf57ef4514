package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.storage.snapshot.Restore;
import dev.tidemark.storage.snapshot.RestoreReport;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a store of a snapshot. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = {
      "Make a store of a snapshot, in a directory that is new or empty, or with --in-place in the"
          + " directory of the store that it was taken of. Every byte is copied; the snapshot stays.",
      "",
      "The snapshot is checked first, and what it needs is gathered before anything is touched. In"
          + " place, the old state, the old log and the snapshots of later positions are moved to"
          + " DIR/quarantine, and not deleted.",
      "",
      "The store takes a new replica id: updates that the old one made after the snapshot may have"
          + " been seen by others. They give them back at the next exchange; what nobody has seen is"
          + " lost."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the store is there, and can be opened",
      "1:an argument is wrong, or DIR is in use; nothing was changed",
      "2:the snapshot is damaged; nothing was changed",
      "3:there is no snapshot, the store is open, or the disk is full or cannot be written"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark restore /mnt/backup/A/0000000000001000-5f3a9c1d20b7e486 stores/A-again",
      "  tidemark restore stores/A/snapshots/0000000000001000-5f3a9c1d20b7e486 stores/A --in-place"
    })
public final class RestoreCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(index = "0", paramLabel = "SNAPSHOT", description = "The snapshot's directory.")
  private Path snapshot;

  @Parameters(index = "1", paramLabel = "DIR", description = "Where the store is to be.")
  private Path directory;

  @Option(names = "--in-place", description = "Let it take the place of the store in DIR.")
  private boolean inPlace;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** A command that speaks through a printer. */
  public RestoreCommand(Printer printer) {
    this.printer = printer;
    this.snapshot = Path.of("");
    this.directory = Path.of("");
  }

  @Override
  public Integer call() {
    RestoreReport report = Restore.run(snapshot, directory, inPlace);
    if (json) {
      printer.json(out -> write(out, report));
    } else {
      report.setAside().forEach(path -> printer.line("moved to   %s", path));
      printer.line(
          "store      %s, replica %s",
          HexFormat.of().formatHex(report.identity().storeId()),
          ReplicaId.format(report.identity().replicaId()));
      printer.line(
          "restored   up to position %,d; the log begins at %,d",
          report.position(), report.position() + 1);
    }
    return ExitCode.FINE;
  }

  private static void write(JsonGenerator out, RestoreReport report) throws IOException {
    out.writeStartObject();
    out.writeStringField("storeId", HexFormat.of().formatHex(report.identity().storeId()));
    out.writeStringField("replica", ReplicaId.format(report.identity().replicaId()));
    out.writeNumberField("position", report.position());
    out.writeArrayFieldStart("setAside");
    for (Path path : report.setAside()) {
      out.writeString(path.toString());
    }
    out.writeEndArray();
    out.writeEndObject();
  }
}
