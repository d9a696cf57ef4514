package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.storage.conflict.Conflict;
import dev.tidemark.storage.conflict.ConflictHistory;
import dev.tidemark.tools.output.Escape;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.output.ValueJson;
import dev.tidemark.tools.words.OperationWords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows which values a store has lost to concurrent updates. */
@Command(
    name = "conflicts",
    mixinStandardHelpOptions = true,
    description = {
      "Print the values that a store has lost to concurrent updates, the newest first, from its"
          + " conflict journal: key, field, what won and what lost, by whom, and what each had seen."
          + " Works on a store that is open; writes no byte of it."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the journal was printed",
      "1:an argument is wrong",
      "2:some of the journal could not be read",
      "3:there is no store, or the journal cannot be opened"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark conflicts stores/A",
      "  tidemark conflicts stores/A --limit 1 --json | jq .conflicts[0].loser"
    })
public final class ConflictsCommand implements Callable<Integer> {
  private static final int MOST_SHOWN = 1_000_000;

  private final Printer printer;

  @Parameters(index = "0", paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Show so many at most; ${DEFAULT-VALUE} by default.")
  private int limit = 128;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** A command that speaks through a printer. */
  public ConflictsCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
  }

  @Override
  public Integer call() {
    Arguments.atLeastOne("--limit", limit);
    Arguments.atMost("--limit", limit, MOST_SHOWN);
    ConflictHistory history = ConflictHistory.read(directory);
    List<Conflict> shown =
        history.conflicts().subList(0, Math.min(limit, history.conflicts().size()));
    if (json) {
      printer.json(out -> write(out, history, shown));
    } else {
      print(history, shown);
    }
    return history.isDamaged() ? ExitCode.DAMAGED : ExitCode.FINE;
  }

  private void print(ConflictHistory history, List<Conflict> shown) {
    printer.line(
        "%,d conflicts, %,d of them in the journal%s",
        history.count(),
        history.conflicts().size(),
        history.isDamaged() ? "; some of it could not be read" : "");
    for (Conflict conflict : shown) {
      Bytes field = conflict.field();
      printer.line(
          "#%d at position %d: %s%s",
          conflict.number(),
          conflict.position(),
          Escape.quoted(conflict.key()),
          field == null ? "" : ", field " + Escape.quoted(field));
      print("won ", conflict.winner());
      print("lost", conflict.loser());
    }
  }

  private void print(String fate, Conflict.Side side) {
    String who =
        String.format(
            java.util.Locale.ROOT,
            "  %s  %s, %s, had seen %s: ",
            fate,
            side.operation(),
            OperationWords.time(side.stamp()),
            side.seen() == null ? "(not known any more)" : side.seen());
    Value value = side.value();
    if (value == null) {
      printer.line("%sdelete", who);
    } else {
      printer.json(who, out -> ValueJson.write(out, value));
    }
  }

  private static void write(JsonGenerator out, ConflictHistory history, List<Conflict> shown)
      throws IOException {
    out.writeStartObject();
    out.writeNumberField("count", history.count());
    out.writeBooleanField("damaged", history.isDamaged());
    out.writeArrayFieldStart("conflicts");
    for (Conflict conflict : shown) {
      out.writeStartObject();
      out.writeNumberField("number", conflict.number());
      out.writeNumberField("position", conflict.position());
      out.writeFieldName("key");
      ValueJson.write(out, conflict.key());
      Bytes field = conflict.field();
      if (field != null) {
        out.writeFieldName("field");
        ValueJson.write(out, field);
      }
      write(out, "winner", conflict.winner());
      write(out, "loser", conflict.loser());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, String name, Conflict.Side side) throws IOException {
    out.writeObjectFieldStart(name);
    OperationWords.writeDot(out, side.operation());
    out.writeStringField("time", OperationWords.time(side.stamp()));
    Value value = side.value();
    out.writeFieldName("value");
    if (value == null) {
      out.writeNull();
    } else {
      ValueJson.write(out, value);
    }
    if (side.seen() != null) {
      OperationWords.writeVector(out, "seen", side.seen());
    }
    out.writeEndObject();
  }
}
