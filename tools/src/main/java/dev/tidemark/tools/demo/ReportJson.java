package dev.tidemark.tools.demo;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** A report as JSON for programs. */
final class ReportJson {
  private final JsonGenerator json;

  private ReportJson(JsonGenerator json) {
    this.json = json;
  }

  static void write(Report report, JsonGenerator json) throws IOException {
    ReportJson writer = new ReportJson(json);
    json.writeStartObject();
    json.writeBooleanField("matches", report.matches());
    json.writeArrayFieldStart("checks");
    for (Check check : report.checks()) {
      writer.check(check);
    }
    json.writeEndArray();
    writer.history(report.history());
    writer.usage(report.usage());
    json.writeEndObject();
  }

  private void check(Check check) throws IOException {
    json.writeStartObject();
    json.writeStringField("what", check.what());
    json.writeBooleanField("passed", check.passed());
    json.writeNumberField("right", check.right());
    json.writeNumberField("of", check.of());
    json.writeStringField("remark", check.remark());
    json.writeArrayFieldStart("differences");
    for (String difference : check.differences()) {
      json.writeString(difference);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void history(History history) throws IOException {
    json.writeNumberField("commits", history.size());
    json.writeNumberField("people", history.people());
    json.writeNumberField("merges", history.merges());
    json.writeNumberField("pathWrites", history.writes());
  }

  private void usage(Usage usage) throws IOException {
    json.writeNumberField("replicas", usage.replicas());
    json.writeNumberField("operationsMade", usage.made());
    json.writeNumberField("operationsReceived", usage.received());
    json.writeNumberField("operationsPerSecond", Math.round(usage.perSecond()));
    json.writeNumberField("seconds", Math.round(usage.seconds() * 1000) / 1000.0);
    json.writeNumberField("logBytes", usage.logBytes());
    json.writeNumberField("stateBytes", usage.stateBytes());
    json.writeNumberField("wireBytes", usage.wireBytes());
    json.writeNumberField("newcomerLogBytes", usage.newcomerLogBytes());
    json.writeNumberField("peakHeapBytes", usage.heapBytes());
    json.writeNumberField("peakProcessBytes", usage.processBytes());
  }
}
