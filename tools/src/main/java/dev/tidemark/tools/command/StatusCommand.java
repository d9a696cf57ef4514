package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.storage.inspect.StoreNumbers;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.serve.RingJson;
import dev.tidemark.tools.words.OperationWords;
import dev.tidemark.tools.words.RingView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints a store's numbers. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Print who a store is, how far its log and state are, and what they take up. Writes no byte of"
          + " the store."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the status was printed",
      "1:an argument is wrong",
      "2:the store is damaged",
      "3:there is no store, or it cannot be opened"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  tidemark status stores/A", "  tidemark status stores/A --json | jq .logBytes"})
public final class StatusCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** A command that speaks through a printer. */
  public StatusCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
  }

  @Override
  public Integer call() {
    try (Inspection store = Inspection.open(directory)) {
      StoreNumbers numbers = store.numbers();
      RingView ring = RingView.of(store.ring());
      if (json) {
        printer.json(out -> write(out, numbers, ring));
      } else {
        print(numbers, ring);
      }
    }
    return ExitCode.FINE;
  }

  private void print(StoreNumbers numbers, RingView ring) {
    printer.line("store      %s", numbers.storeId());
    printer.line("replica    %s", ReplicaId.format(numbers.replicaId()));
    printer.line("created    %s", Instant.ofEpochMilli(numbers.createdMillis()));
    printer.line("clock      %s", OperationWords.time(numbers.clock()));
    printer.line(
        "log        positions %,d to %,d, durable to %,d, %,d segments, %,d bytes",
        numbers.firstPosition(),
        numbers.lastPosition(),
        numbers.durableMark(),
        numbers.segments(),
        numbers.logBytes());
    printer.line(
        "state      applied to position %,d, %,d bytes",
        numbers.appliedPosition(), numbers.stateBytes());
    printer.line("seen       %s", numbers.vector());
    if (ring.epoch() > 0) {
      ring.summary().forEach(printer::line);
    }
  }

  private static void write(JsonGenerator out, StoreNumbers numbers, RingView ring)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("storeId", numbers.storeId());
    out.writeStringField("replicaId", ReplicaId.format(numbers.replicaId()));
    out.writeNumberField("createdMillis", numbers.createdMillis());
    out.writeStringField("clock", OperationWords.time(numbers.clock()));
    out.writeNumberField("firstPosition", numbers.firstPosition());
    out.writeNumberField("lastPosition", numbers.lastPosition());
    out.writeNumberField("durableMark", numbers.durableMark());
    out.writeNumberField("segments", numbers.segments());
    out.writeNumberField("logBytes", numbers.logBytes());
    out.writeNumberField("appliedPosition", numbers.appliedPosition());
    out.writeNumberField("stateBytes", numbers.stateBytes());
    out.writeObjectFieldStart("vector");
    for (int i = 0; i < numbers.vector().size(); i++) {
      out.writeNumberField(
          ReplicaId.format(numbers.vector().replicaAt(i)), numbers.vector().sequenceAt(i));
    }
    out.writeEndObject();
    RingJson.writeField(out, ring);
    out.writeEndObject();
  }
}
