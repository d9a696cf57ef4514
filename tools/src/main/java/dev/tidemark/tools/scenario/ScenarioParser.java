package dev.tidemark.tools.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;
import dev.tidemark.tools.scenario.Scenario.NumberedStep;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a scenario, or the first line of a trace. */
final class ScenarioParser {
  private ScenarioParser() {}

  /** A scenario that stands alone: without steps it would pass whatever it expects to see done. */
  static Scenario parseWhole(JsonNode node) {
    Scenario scenario = parse(node);
    if (!node.has("steps")) {
      throw Problem.of("scenario has no steps")
          .advise("give it \"steps\", which may be empty; a trace is for replay")
          .illegalArgument();
    }
    return scenario;
  }

  static Scenario parse(JsonNode node) {
    Fields fields = new Fields(node);
    Schema schema = schema(fields.object("types"));
    Map<String, Long> replicas = replicas(fields.object("replicas"));
    StepParser parser = new StepParser(schema, replicas.keySet());
    List<NumberedStep> steps = new ArrayList<>();
    if (fields.has("steps")) {
      for (JsonNode step : fields.array("steps")) {
        steps.add(step(parser, steps.size(), step));
      }
    }
    NumberedStep last =
        fields.has("expect") ? new NumberedStep("at the end", null, parser.expect(fields)) : null;
    String name = fields.has("name") ? fields.text("name") : "";
    return new Scenario(name, schema, replicas, steps, last);
  }

  private static NumberedStep step(StepParser parser, int index, JsonNode step) {
    try {
      return new NumberedStep("step " + index, step, parser.parse(step));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("step " + index + ": " + e.getMessage(), e);
    }
  }

  private static Schema schema(JsonNode types) {
    Schema schema = Schema.empty();
    for (var entry : types.properties()) {
      String strategy = new Fields(types).text(entry.getKey());
      schema = schema.and(entry.getKey(), Strategy.ofId(strategy));
    }
    return schema;
  }

  private static Map<String, Long> replicas(JsonNode node) {
    Map<String, Long> replicas = new LinkedHashMap<>();
    Set<Long> ids = new HashSet<>();
    for (var entry : node.properties()) {
      long id = ReplicaId.parse(Fields.integer(entry.getKey(), entry.getValue()).toString());
      if (!ids.add(id)) {
        throw Problem.of("two replicas have one id")
            .with("replica", entry.getKey())
            .with("id", ReplicaId.format(id))
            .illegalArgument();
      }
      replicas.put(entry.getKey(), id);
    }
    return replicas;
  }
}
