package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.storage.repair.Repair;
import dev.tidemark.storage.repair.RepairReport;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.words.RepairWords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a new store of what is left of a damaged one. */
@Command(
    name = "repair",
    mixinStandardHelpOptions = true,
    description = {
      "Make a new store of all that can be vouched for of a damaged one, and list what cannot."
          + " Changes no byte of the old one.",
      "",
      "The log is searched for whole entries, behind damage too. If it holds all that the state"
          + " does, the state is built again from it; else a sound state vouches for what it holds,"
          + " and the log for what follows; else the log alone, from its first commit on. A commit"
          + " behind a hole is taken if nothing that it builds on is missing.",
      "",
      "The new store has a replica id of its own: what is lost may have been seen by others under"
          + " the old one. Let it exchange with them to get back what they have.",
      "",
      "'damaged' names bytes that are not what should be there; 'lost' what is not in the new store"
          + " for that. What is damaged in one place and vouched for in another is not lost."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything that the old store is known to have held is in the new one",
      "1:an argument is wrong, or NEWDIR is in use",
      "2:something is lost, and listed; the new store has the rest",
      "3:there is no store, it is open, or it cannot be read; no new store was made"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark repair stores/A stores/A-repaired",
      "  tidemark repair stores/A stores/A-repaired --json"
    })
public final class RepairCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(index = "0", paramLabel = "DIR", description = "The damaged store's directory.")
  private Path directory;

  @Parameters(
      index = "1",
      paramLabel = "NEWDIR",
      description = "Where the new store is made; empty, or not there yet.")
  private Path target;

  @Option(names = "--json", description = "Print each finding, then the report, as objects.")
  private boolean json;

  /** A command that speaks through a printer. */
  public RepairCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
    this.target = Path.of("");
  }

  @Override
  public Integer call() {
    RepairWords words = new RepairWords(printer, json);
    RepairReport report = Repair.run(directory, target, words);
    if (json) {
      printer.json(out -> write(out, report));
    } else {
      print(report);
    }
    return report.isComplete() ? ExitCode.FINE : ExitCode.DAMAGED;
  }

  private void print(RepairReport report) {
    printer.line(
        "new store: %s, replica %s", report.storeId(), ReplicaId.format(report.replicaId()));
    printer.line(
        switch (report.basis()) {
          case LOG -> "vouched for by the log, from its first commit on; the state was built again";
          case STATE ->
              String.format(
                  Locale.ROOT,
                  "vouched for by the state up to position %,d, and by the log for what follows",
                  report.statePosition());
        });
    printer.line(
        "log: positions %,d to %,d, %,d commits, %,d operations",
        report.firstPosition(), report.lastPosition(), report.commits(), report.operations());
    printer.line(
        report.isComplete()
            ? String.format(Locale.ROOT, "complete: %,d damages, nothing lost", report.damages())
            : String.format(
                Locale.ROOT, "lost: %,d findings, %,d damages", report.losses(), report.damages()));
  }

  private static void write(JsonGenerator out, RepairReport report) throws IOException {
    out.writeStartObject();
    out.writeBooleanField("complete", report.isComplete());
    out.writeNumberField("losses", report.losses());
    out.writeNumberField("damages", report.damages());
    out.writeStringField("storeId", report.storeId());
    out.writeStringField("replica", ReplicaId.format(report.replicaId()));
    out.writeStringField("basis", report.basis().name().toLowerCase(Locale.ROOT));
    out.writeNumberField("statePosition", report.statePosition());
    out.writeNumberField("firstPosition", report.firstPosition());
    out.writeNumberField("lastPosition", report.lastPosition());
    out.writeNumberField("commits", report.commits());
    out.writeNumberField("operations", report.operations());
    out.writeEndObject();
  }
}
