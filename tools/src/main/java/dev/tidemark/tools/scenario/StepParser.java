package dev.tidemark.tools.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;
import dev.tidemark.tools.words.Argument;
import dev.tidemark.tools.words.UpdateWords;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the steps of one scenario or trace. */
final class StepParser {
  private final Schema schema;
  private final Set<String> replicas;
  private final String stem;

  /**
   * A reader of steps.
   *
   * @param schema of the keys as stores have them, with the stem
   * @param stem what every key has before it in the stores, and in no step
   */
  StepParser(Schema schema, Set<String> replicas, String stem) {
    this.schema = schema;
    this.replicas = replicas;
    this.stem = stem;
  }

  Step parse(JsonNode node) {
    Fields fields = new Fields(node);
    if (fields.has("op")) {
      return write(fields);
    } else if (fields.has("from")) {
      return new Step.Pull(
          replica(fields.text("from")),
          replica(fields.text("to")),
          fields.optionalNatural("until"));
    } else if (fields.has("do")) {
      return new Step.Upkeep(at(fields), Step.Chore.of(fields.text("do")));
    } else if (fields.has("read")) {
      return new Step.Read(at(fields), stem + fields.text("read"), fields.required("value"));
    } else if (fields.has("expect")) {
      return expect(fields);
    }
    throw Problem.of("step is of no known kind")
        .advise("give it one of the fields op, from, do, read, expect")
        .illegalArgument();
  }

  private Step write(Fields fields) {
    String key = stem + fields.text("key");
    List<Argument> arguments = new ArrayList<>();
    if (fields.has("args")) {
      fields.array("args").forEach(node -> arguments.add(Argument.json(node)));
    }
    Strategy strategy = schema.of(Bytes.utf8(key)).strategy();
    Update update = UpdateWords.parse(strategy, fields.text("op"), arguments);
    return new Step.Write(at(fields), fields.optionalNatural("now"), key, update);
  }

  /**
   * What one replica is expected to hold if the step says where; else what each replica that is
   * named holds; else, keys standing where those names would, what all hold alike.
   */
  Step.Expect expect(Fields fields) {
    JsonNode expected = fields.object("expect");
    if (fields.has("at")) {
      return new Step.Expect(Map.of(at(fields), byKey(expected)));
    }
    Map<String, Map<String, JsonNode>> values = new LinkedHashMap<>();
    if (namesReplicas(expected)) {
      for (String name : (Iterable<String>) expected::fieldNames) {
        values.put(replica(name), byKey(new Fields(expected).object(name)));
      }
    } else {
      Map<String, JsonNode> alike = byKey(expected);
      replicas.forEach(name -> values.put(name, alike));
    }
    return new Step.Expect(values);
  }

  private boolean namesReplicas(JsonNode expected) {
    return expected.properties().stream()
        .anyMatch(entry -> replicas.contains(entry.getKey()) && entry.getValue().isObject());
  }

  private Map<String, JsonNode> byKey(JsonNode object) {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    object.properties().forEach(entry -> values.put(stem + entry.getKey(), entry.getValue()));
    return values;
  }

  private String at(Fields fields) {
    return replica(fields.text("at"));
  }

  private String replica(String name) {
    if (!replicas.contains(name)) {
      throw Problem.of("unknown replica")
          .with("replica", name)
          .advise("name it under replicas")
          .illegalArgument();
    }
    return name;
  }
}
