package dev.tidemark.tools.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.tools.scenario.Scenario.NumberedStep;
import java.util.List;

/** A value that is not the expected one, or a step that failed. */
public record Mismatch(String place, String step, String expected, String actual) {
  static Mismatch of(NumberedStep step, String expected, String actual) {
    JsonNode source = step.source();
    return new Mismatch(step.place(), source == null ? "" : source.toString(), expected, actual);
  }

  /** Lines for a reader, the first one naming where to look. */
  public List<String> lines(String where) {
    return List.of(
        "mismatch: " + where + ", " + place + (step.isEmpty() ? "" : " " + step),
        "  expected " + expected,
        "  actual   " + actual);
  }
}
