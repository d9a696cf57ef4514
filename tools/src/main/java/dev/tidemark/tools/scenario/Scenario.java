package dev.tidemark.tools.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.engine.schema.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Replicas that share a schema, and what happens to them.
 *
 * @param replicas ids by name, in the order of the file
 * @param steps none in the first line of a trace, whose steps follow on lines of their own
 * @param last what is expected after all steps, or null
 */
public record Scenario(
    String name,
    Schema schema,
    Map<String, Long> replicas,
    List<NumberedStep> steps,
    @Nullable NumberedStep last) {
  /** A step, with its place and what the file says there, for whoever has to find it again. */
  public record NumberedStep(String place, @Nullable JsonNode source, Step step) {}
}
