package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.storage.RecoveryReport;
import dev.tidemark.tools.load.Check;
import dev.tidemark.tools.load.CheckReport;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Holds a store to what it has acknowledged. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Compare a store with what 'tidemark load' was told is in it. Opens the store for writing,"
          + " which recovers it.",
      "",
      "Every value is compared with what the seed says it has to be after the acknowledged commits:"
          + " each thread's keys as they were after one number of its commits, all threads as far"
          + " as one position of the log, nothing that nobody wrote. Then it appends updates of"
          + " every strategy, closes, opens and compares again, follows every commit through the"
          + " log, and verifies the store.",
      "",
      "At level BUFFERED, what a killed process leaves, all that is acknowledged has to be there. At"
          + " level SYNCED, what a power loss leaves, all up to the last commit that was synced;"
          + " what came later may be missing, but only from one position on.",
      "",
      "The last line is 'A acknowledged, L lost, W wrong'."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing is lost and nothing is wrong",
      "1:an argument is wrong, or FILE is not what 'tidemark load' wrote",
      "2:something is lost or wrong, or the store is damaged",
      "3:the store or the file cannot be opened"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark check stores/A --acks acks.txt",
      "  tidemark check stores/A --acks acks.txt --level SYNCED --json"
    })
public final class CheckCommand implements Callable<Integer> {
  private static final int SHOWN = 20;

  private final Printer printer;

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Option(
      names = "--acks",
      required = true,
      paramLabel = "FILE",
      description = "The acknowledgements; a line that says where the check appended is added.")
  private Path file;

  @Option(
      names = "--level",
      paramLabel = "LEVEL",
      description = "BUFFERED or SYNCED (${DEFAULT-VALUE}).")
  private Durability level;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** A command that speaks through a printer. */
  public CheckCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
    this.file = Path.of("");
    this.level = Durability.BUFFERED;
  }

  @Override
  public Integer call() throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    CheckReport report = new Check(directory, file, level, this::opened).run();
    if (json) {
      printer.json(out -> write(out, report));
    } else {
      print(report);
    }
    return report.isClean() ? ExitCode.FINE : ExitCode.DAMAGED;
  }

  private void opened(RecoveryReport report) {
    if (!json) {
      RecoveryWords.lines(report).forEach(printer::line);
      printer.flush();
    }
  }

  private void print(CheckReport report) {
    printer.line(
        "log: recovered to position %,d; %,d commits verified, %,d keys; opened again in %,d ms;"
            + " %.1f s in all",
        report.recoveredTo(),
        report.verification().commits(),
        report.verification().keys(),
        report.reopening().millis(),
        report.seconds());
    report.remarks().entrySet().stream()
        .limit(SHOWN)
        .forEach(remark -> printer.line(remark.getKey() + ": " + remark.getValue()));
    if (report.remarks().size() > SHOWN) {
      printer.line("and %,d more", report.remarks().size() - SHOWN);
    }
    printer.line(
        "%d acknowledged, %d lost, %d wrong", report.acknowledged(), report.lost(), report.wrong());
  }

  private static void write(JsonGenerator out, CheckReport report) throws IOException {
    out.writeStartObject();
    out.writeNumberField("acknowledged", report.acknowledged());
    out.writeNumberField("lost", report.lost());
    out.writeNumberField("wrong", report.wrong());
    out.writeNumberField("recoveredTo", report.recoveredTo());
    RecoveryWords.write(out, "recovery", report.recovery());
    RecoveryWords.write(out, "reopening", report.reopening());
    out.writeNumberField("commitsVerified", report.verification().commits());
    out.writeNumberField("keys", report.verification().keys());
    out.writeNumberField("seconds", report.seconds());
    out.writeArrayFieldStart("remarks");
    for (var remark : report.remarks().entrySet()) {
      out.writeString(remark.getKey() + ": " + remark.getValue());
    }
    out.writeEndArray();
    out.writeEndObject();
  }
}
