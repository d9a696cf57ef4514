package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.storage.RecoveryReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What an open found and did, in lines. */
final class RecoveryWords {
  private RecoveryWords() {}

  static List<String> lines(RecoveryReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "recovery: %s; %,d commits (%,d operations) replayed, %,d bytes cut, %,d ms",
            report.found(),
            report.replayedCommits(),
            report.replayedOperations(),
            report.tornBytes(),
            report.millis()));
    report.notes().forEach(note -> lines.add("note: " + note));
    return lines;
  }

  static void write(JsonGenerator out, String name, RecoveryReport report) throws IOException {
    out.writeObjectFieldStart(name);
    out.writeStringField("found", report.found());
    out.writeArrayFieldStart("notes");
    for (String note : report.notes()) {
      out.writeString(note);
    }
    out.writeEndArray();
    out.writeNumberField("replayedCommits", report.replayedCommits());
    out.writeNumberField("replayedOperations", report.replayedOperations());
    out.writeNumberField("tornBytes", report.tornBytes());
    out.writeNumberField("millis", report.millis());
    out.writeEndObject();
  }
}
