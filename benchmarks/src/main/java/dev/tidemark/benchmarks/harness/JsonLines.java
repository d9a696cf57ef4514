package dev.tidemark.benchmarks.harness;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** The rows for programs: an object a line, so that each benchmark's process adds its own. */
public final class JsonLines {
  private static final JsonFactory JSON = new JsonFactory();

  private final Path file;

  /** Adds to the file, or makes it. */
  public JsonLines(Path file) {
    this.file = file;
  }

  /** The environment, as the first line. */
  public void environment(Map<String, String> here) {
    append(
        json -> {
          for (var entry : here.entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
          }
        });
  }

  /** A row. */
  public void row(Benchmark benchmark, Row row) {
    append(
        json -> {
          json.writeStringField("benchmark", benchmark.name());
          json.writeStringField("question", row.question());
          numbers(json, "measured", row.measured());
          json.writeStringField("measured_text", row.measured().text());
          if (!Double.isNaN(row.ratio())) {
            numbers(json, "baseline", row.baseline());
            json.writeStringField("baseline_text", row.baseline().text());
            json.writeNumberField("ratio", row.ratio());
          }
          if (row.verdict() != null) {
            json.writeStringField("target", row.verdict().target().what());
            json.writeStringField("bound", row.verdict().target().bound());
            json.writeNumberField("value", row.verdict().value());
            json.writeNumberField("reached", row.verdict().reached());
            json.writeStringField("verdict", row.verdict().word());
          }
        });
  }

  private static void numbers(JsonGenerator json, String name, Figure figure) throws IOException {
    json.writeObjectFieldStart(name);
    for (var entry : figure.numbers().entrySet()) {
      json.writeNumberField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
  }

  private void append(Fields fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      Files.writeString(file, text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @FunctionalInterface
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }
}
