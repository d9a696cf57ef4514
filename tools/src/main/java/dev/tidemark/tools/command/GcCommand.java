package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.core.CollectionReport;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.storage.inspect.StoreDirectory;
import dev.tidemark.storage.statistics.StateStatistics;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.output.Progress;
import dev.tidemark.tools.serve.MembersJson;
import dev.tidemark.tools.words.MembersView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Forgets at once what all members have seen deleted, or says what holds that up. */
@Command(
    name = "gc",
    mixinStandardHelpOptions = true,
    description = {
      "Forget what every member of the cluster is known to have seen deleted: tombstones, and what is"
          + " kept of keys that are gone. No value changes by it. A store that is open does so by"
          + " itself. Without a cluster (`tidemark members --found`) nothing is ever forgotten.",
      "",
      "With --explain nothing is forgotten and no byte of the store is written: it says up to when is"
          + " forgotten, which member the others wait for, since when, and how much waits. May be run"
          + " while another process has the store open; the state is counted as it was last flushed."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it is forgotten, or explained",
      "1:an argument is wrong",
      "2:the store is damaged",
      "3:there is no store, or it is held by another process, or the disk is full"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark gc stores/A",
      "  tidemark gc stores/A --explain",
      "  tidemark gc stores/A --explain --json | jq .waitsFor"
    })
public final class GcCommand implements Callable<Integer> {
  private final Printer printer;
  private long bytesRead;

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Option(names = "--explain", description = "Say what holds it up, and forget nothing.")
  private boolean explain;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** A command that speaks through a printer. */
  public GcCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
  }

  @Override
  public Integer call() {
    StoreDirectory.identity(StoreDirectory.files(directory));
    if (explain) {
      explain();
    } else {
      collect();
    }
    return ExitCode.FINE;
  }

  private void explain() {
    try (Inspection store = Inspection.open(directory);
        Progress progress = printer.progress("keys")) {
      MembersView members = MembersView.of(store.members());
      StateStatistics held = StateStatistics.of(store.state(), number -> progress.at(number, 0));
      progress.close();
      if (json) {
        printer.json(
            out -> {
              out.writeStartObject();
              MembersJson.writeFields(out, members);
              out.writeNumberField("collectableBytes", held.collectableBytes());
              out.writeEndObject();
            });
        return;
      }
      members.summary().forEach(printer::line);
      printer.line(
          "kept       %,d bytes that go once everybody has seen them", held.collectableBytes());
    }
  }

  private void collect() {
    CollectionReport report;
    MembersView members;
    // What is forgotten behind its back would be missing in the report.
    Options options = Options.defaults().withStewardInterval(Duration.ZERO);
    try (Tidemark store = Tidemark.open(directory, Schema.empty(), options)) {
      report = collect(store);
      members = MembersView.of(store.members().report());
    }
    if (json) {
      printer.json(
          out -> {
            out.writeStartObject();
            write(out, report);
            MembersJson.writeFields(out, members);
            out.writeEndObject();
          });
      return;
    }
    printer.line(
        "forgot     %,d keys wholly, %,d elements and fields, of %,d keys, in %,d ms",
        report.forgottenKeys(), report.forgottenCells(), report.keys(), report.millis());
    members.summary().forEach(printer::line);
  }

  private CollectionReport collect(Tidemark store) {
    try (Progress progress = printer.progress("bytes")) {
      return store.collect(
          bytes -> {
            bytesRead += bytes;
            progress.at(bytesRead, 0);
          });
    }
  }

  private static void write(JsonGenerator out, CollectionReport report) throws IOException {
    out.writeNumberField("keys", report.keys());
    out.writeNumberField("forgottenKeys", report.forgottenKeys());
    out.writeNumberField("forgottenCells", report.forgottenCells());
    out.writeNumberField("millis", report.millis());
  }
}
