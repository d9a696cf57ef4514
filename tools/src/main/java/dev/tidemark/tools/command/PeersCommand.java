package dev.tidemark.tools.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.storage.inspect.StoreNumbers;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.serve.StatusClient;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows with whom a store exchanges, or of whom it has something. */
@Command(
    name = "peers",
    mixinStandardHelpOptions = true,
    description = {
      "Print the peers of a store that is served, by its URL: who is connected, and how many"
          + " operations each has not acknowledged; who is not, and why; then whom the members tell of, and whether they are there. Of a"
          + " directory: whose operations the store has,"
          + " and how many. Writes no byte of the store."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the peers were printed",
      "1:an argument is wrong",
      "2:the store is damaged",
      "3:there is no store, or nobody answers under the URL"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark peers http://127.0.0.1:8001",
      "  tidemark peers stores/A --json | jq .replicas"
    })
public final class PeersCommand implements Callable<Integer> {
  private final Printer printer;

  @Mixin private final Place place = new Place();

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** A command that speaks through a printer. */
  public PeersCommand(Printer printer) {
    this.printer = printer;
  }

  @Override
  public Integer call() throws IOException {
    if (place.isServed()) {
      served();
    } else {
      stored();
    }
    return ExitCode.FINE;
  }

  private void served() throws IOException {
    JsonNode status = StatusClient.get(place.url(), place.token());
    if (json) {
      printer.json(
          out -> {
            out.writeStartObject();
            out.writeFieldName("peers");
            StatusClient.write(out, status.path("peers"));
            out.writeFieldName("members");
            StatusClient.write(out, status.path("members"));
            out.writeFieldName("troubles");
            StatusClient.write(out, status.path("troubles"));
            out.writeFieldName("ended");
            StatusClient.write(out, status.path("ended"));
            out.writeEndObject();
          });
      return;
    }
    printer.line("self  %s, replica %s", text(status, "name"), text(status, "replicaId"));
    for (JsonNode peer : status.path("peers")) {
      printer.line(
          "peer  %s, replica %s, at %s%s, lacks %s operations, for %s ms",
          text(peer, "name"),
          text(peer, "replicaId"),
          text(peer, "address"),
          peer.path("dialled").asBoolean() ? "" : " (it dialled)",
          text(peer, "lagOperations"),
          text(peer, "lagMillis"));
    }
    for (JsonNode trouble : status.path("troubles")) {
      printer.line(
          "no    session with %s since %s: %s, %s",
          text(trouble, "address"),
          text(trouble, "at"),
          text(trouble, "reason"),
          text(trouble, "message"));
    }
    for (JsonNode member : status.path("members")) {
      printer.line(
          "knows %s, replica %s, %s, heard of %s ms ago, had %s operations",
          text(member, "name"),
          text(member, "replicaId"),
          text(member, "state").toLowerCase(Locale.ROOT),
          text(member, "heardMillisAgo"),
          text(member, "operations"));
    }
  }

  private static String text(JsonNode object, String field) {
    return object.path(field).asText();
  }

  private void stored() {
    try (Inspection store = Inspection.open(place.directory())) {
      StoreNumbers numbers = store.numbers();
      VersionVector vector = numbers.vector();
      if (json) {
        printer.json(
            out -> {
              out.writeStartObject();
              out.writeStringField("replica", ReplicaId.format(numbers.replicaId()));
              out.writeObjectFieldStart("replicas");
              for (int i = 0; i < vector.size(); i++) {
                out.writeNumberField(ReplicaId.format(vector.replicaAt(i)), vector.sequenceAt(i));
              }
              out.writeEndObject();
              out.writeEndObject();
            });
        return;
      }
      printer.line("self  replica %s", ReplicaId.format(numbers.replicaId()));
      for (int i = 0; i < vector.size(); i++) {
        printer.line(
            "has   %,d operations of replica %s",
            vector.sequenceAt(i), ReplicaId.format(vector.replicaAt(i)));
      }
    }
  }
}
