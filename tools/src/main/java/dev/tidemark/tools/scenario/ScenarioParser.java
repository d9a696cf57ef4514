package dev.tidemark.tools.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;
import dev.tidemark.tools.scenario.Scenario.NumberedStep;
import dev.tidemark.tools.words.Argument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a scenario, or the first line of a trace. */
final class ScenarioParser {
  private ScenarioParser() {}

  /**
   * A scenario that stands alone: without steps it would pass whatever it expects to see done, and
   * whatever is done where it expects nothing. One of its keys may be empty, which a store's are
   * not: all have one byte more then, and so have the prefixes.
   */
  static Scenario parseWhole(JsonNode node) {
    Scenario scenario = parse(node, namesEmptyKey(node) ? "/" : "");
    if (!node.has("steps")) {
      throw Problem.of("scenario has no steps")
          .advise("give it \"steps\", which may be empty; a trace is for replay")
          .illegalArgument();
    }
    if (scenario.last() == null && scenario.steps().stream().noneMatch(ScenarioParser::isLook)) {
      throw Problem.of("scenario expects nothing")
          .advise("give it \"expect\", which may be empty, or a step that reads")
          .illegalArgument();
    }
    return scenario;
  }

  private static boolean isLook(NumberedStep numbered) {
    return numbered.step() instanceof Step.Read || numbered.step() instanceof Step.Expect;
  }

  static Scenario parse(JsonNode node) {
    return parse(node, "");
  }

  private static Scenario parse(JsonNode node, String stem) {
    Fields fields = new Fields(node);
    Schema schema = schema(fields.object("types"), stem);
    Map<String, Long> replicas = replicas(fields.object("replicas"));
    StepParser parser = new StepParser(schema, replicas.keySet(), stem);
    List<NumberedStep> steps = new ArrayList<>();
    if (fields.has("steps")) {
      for (JsonNode step : fields.array("steps")) {
        steps.add(step(parser, steps.size(), step));
      }
    }
    NumberedStep last =
        fields.has("expect") ? new NumberedStep("at the end", null, parser.expect(fields)) : null;
    String name = fields.has("name") ? fields.text("name") : "";
    return new Scenario(name, schema, replicas, OrderEmbedding.times(steps), last);
  }

  private static NumberedStep step(StepParser parser, int index, JsonNode step) {
    try {
      return new NumberedStep("step " + index, step, parser.parse(step));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("step " + index + ": " + e.getMessage(), e);
    }
  }

  private static boolean namesEmptyKey(JsonNode scenario) {
    for (JsonNode step : scenario.path("steps")) {
      if (isEmpty(step.path("key")) || isEmpty(step.path("read"))) {
        return true;
      }
    }
    for (JsonNode values : scenario.path("expect")) {
      if (values.has("")) {
        return true;
      }
    }
    return false;
  }

  private static boolean isEmpty(JsonNode text) {
    return text.isTextual() && text.textValue().isEmpty();
  }

  private static Schema schema(JsonNode types, String stem) {
    Schema schema = Schema.empty();
    for (var entry : types.properties()) {
      String strategy = new Fields(types).text(entry.getKey());
      schema = schema.and(stem + entry.getKey(), Strategy.ofId(strategy));
    }
    return schema;
  }

  private static Map<String, Long> replicas(JsonNode node) {
    Map<String, Long> replicas = new LinkedHashMap<>();
    Set<Long> ids = new HashSet<>();
    for (var entry : node.properties()) {
      long id = Argument.json(entry.getValue()).unsigned("id");
      if (!ids.add(id)) {
        throw Problem.of("two replicas have one id")
            .with("replica", entry.getKey())
            .with("id", ReplicaId.format(id))
            .illegalArgument();
      }
      replicas.put(entry.getKey(), id);
    }
    return OrderEmbedding.ids(replicas);
  }
}
