package dev.tidemark.tools.scenario;

import java.util.List;

/** A value that is not the expected one, or a step that failed. */
public record Mismatch(String place, String step, String expected, String actual) {
  /** Lines for a reader, the first one naming where to look. */
  public List<String> lines(String where) {
    return List.of(
        "mismatch: " + where + ", " + place + (step.isEmpty() ? "" : " " + step),
        "  expected " + expected,
        "  actual   " + actual);
  }
}
