package dev.tidemark.tools.scenario;

import dev.tidemark.engine.schema.Schema;
import java.util.List;
import java.util.Map;

/**
 * Replicas that share a schema, and what happens to them.
 *
 * @param replicas ids by name, in the order of the file
 * @param steps none in the first line of a trace, whose steps follow on lines of their own
 */
public record Scenario(
    String name, Schema schema, Map<String, Long> replicas, List<NumberedStep> steps) {
  /** A step, with its place and its text for whoever has to find it again. */
  public record NumberedStep(String place, String text, Step step) {}
}
