package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Truncation;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Cuts off the log of a store below a snapshot. */
@Command(
    name = "truncate",
    mixinStandardHelpOptions = true,
    description = {
      "Take a snapshot of a store, unless there is one of all that it holds, check it, and drop the"
          + " log below it. Opens the store; a program that has it open calls Tidemark.truncate(), and"
          + " a store does the same by itself when its log has grown.",
      "",
      "Values stay. What goes is the history: `log` no longer shows it, and others who have not seen"
          + " it yet get the state instead. If the state is lost later, the snapshot stands for it:"
          + " copy it to another disk with `snapshot --copy`."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the log was cut, or had nothing that could go",
      "1:an argument is wrong",
      "2:the store or the snapshot is damaged; the log is as it was",
      "3:there is no store, it is open elsewhere, or the disk is full or cannot be written"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  tidemark truncate stores/A", "  tidemark truncate stores/A --json"})
public final class TruncateCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** A command that speaks through a printer. */
  public TruncateCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
  }

  @Override
  public Integer call() {
    Arguments.requireStore(directory);
    Truncation done;
    long before;
    try (Tidemark store = Tidemark.open(directory, Schema.empty())) {
      before = store.status().firstPosition();
      done = store.truncate();
    }
    if (json) {
      printer.json(out -> write(out, done));
    } else {
      printer.line(
          "the log begins at position %,d; the snapshot that stands for what is gone reaches %,d",
          done.firstPosition(), done.snapshotPosition());
      if (done.firstPosition() == before) {
        printer.line(
            "nothing was cut off: %s",
            done.heldPosition() > 0
                ? "a member has not seen all of what could go; `tidemark members DIR` says which"
                : "no whole segment of the log could go");
      }
    }
    return ExitCode.FINE;
  }

  private static void write(JsonGenerator out, Truncation done) throws IOException {
    out.writeStartObject();
    out.writeNumberField("firstPosition", done.firstPosition());
    out.writeNumberField("snapshotPosition", done.snapshotPosition());
    out.writeEndObject();
  }
}
