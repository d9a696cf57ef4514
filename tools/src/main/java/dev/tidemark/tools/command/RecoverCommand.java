package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.RecoveryReport;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.StoreLock;
import dev.tidemark.storage.inspect.StoreDirectory;
import dev.tidemark.storage.recovery.Recovery;
import dev.tidemark.storage.recovery.RecoveryCase;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Failure;
import dev.tidemark.tools.output.Printer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what an open will make of a store, or does it. */
@Command(
    name = "recover",
    mixinStandardHelpOptions = true,
    description = {
      "Open a store as a program would after a crash, report what was found and done, and close it.",
      "",
      "With --dry-run nothing is opened and no byte is written: printed are the facts, the case that"
          + " follows from them, and what an open would do. The cases are those of docs/recovery.md."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the store was recovered, or would be",
      "1:an argument is wrong",
      "2:the store is damaged, and is not opened; nothing was changed",
      "3:there is no store, or it is held by another process, or cannot be opened"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  tidemark recover --dry-run stores/A", "  tidemark recover stores/A --json"})
public final class RecoverCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Option(names = "--dry-run", description = "Look only; write nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** A command that speaks through a printer. */
  public RecoverCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
  }

  @Override
  public Integer call() {
    StoreFiles files = StoreDirectory.files(directory);
    Recovery.requireStoreOrFresh(files);
    Arguments.requireStore(directory);
    return dryRun ? look(files) : open();
  }

  private int look(StoreFiles files) {
    // Asked only of a directory that has the file, so that none is made.
    OptionalLong owner = Files.exists(files.lock()) ? StoreLock.owner(files) : OptionalLong.empty();
    if (owner.isPresent()) {
      printer.remark("the store is open in process " + owner.getAsLong() + ", and moves");
    }
    Recovery recovery = Recovery.look(files);
    Optional<TidemarkException> refusal = recovery.refusal();
    if (json) {
      printer.json(out -> write(out, recovery, refusal));
    } else {
      recovery.findings().forEach(printer::line);
      print(recovery.recoveryCase(), recovery.why());
      refusal.ifPresent(e -> printer.line("error: " + e.getMessage()));
    }
    return refusal.map(e -> Failure.of(e).exitCode()).orElse(ExitCode.FINE);
  }

  private int open() {
    RecoveryReport report;
    try (Tidemark store = Tidemark.open(directory, Schema.empty())) {
      report = store.recovery();
    }
    if (json) {
      printer.json(out -> write(out, report));
    } else {
      printer.line("case: " + report.found());
      report.notes().forEach(note -> printer.line("note: " + note));
      printer.line(
          "replayed: %,d commits, %,d operations, in %,d ms",
          report.replayedCommits(), report.replayedOperations(), report.millis());
    }
    return ExitCode.FINE;
  }

  private void print(RecoveryCase recoveryCase, String why) {
    printer.line("case: " + recoveryCase.words() + ", because: " + why);
    printer.line("an open does: " + recoveryCase.action());
  }

  private static void write(
      JsonGenerator out, Recovery recovery, Optional<TidemarkException> refusal)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("case", recovery.recoveryCase().words());
    out.writeStringField("why", recovery.why());
    out.writeStringField("action", recovery.recoveryCase().action());
    out.writeBooleanField("refused", refusal.isPresent());
    out.writeStringField("error", refusal.map(Throwable::getMessage).orElse(null));
    write(out, "findings", recovery.findings());
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, RecoveryReport report) throws IOException {
    out.writeStartObject();
    out.writeStringField("case", report.found());
    write(out, "notes", report.notes());
    out.writeNumberField("replayedCommits", report.replayedCommits());
    out.writeNumberField("replayedOperations", report.replayedOperations());
    out.writeNumberField("tornBytes", report.tornBytes());
    out.writeNumberField("millis", report.millis());
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, String name, List<String> lines) throws IOException {
    out.writeArrayFieldStart(name);
    for (String line : lines) {
      out.writeString(line);
    }
    out.writeEndArray();
  }
}
