package dev.tidemark.engine.conformance;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One line of {@code docs/conformance}: see its README for the steps. */
record Scenario(String name, Schema schema, Map<String, Long> replicas, JsonNode line) {
  static final Path DIRECTORY = Path.of("..", "docs", "conformance");

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS);

  static List<Scenario> readAll(Path file) {
    List<Scenario> scenarios = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        scenarios.add(of(JSON.readTree(line)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return scenarios;
  }

  private static Scenario of(JsonNode line) {
    Schema schema = Schema.empty();
    for (var type : fields(line.get("types"))) {
      schema = schema.and(type.getKey(), Strategy.ofId(type.getValue().asText()));
    }
    Map<String, Long> replicas = new TreeMap<>();
    for (var replica : fields(line.get("replicas"))) {
      replicas.put(replica.getKey(), ReplicaId.parse(replica.getValue().asText()));
    }
    return new Scenario(line.get("name").asText(), schema, replicas, line);
  }

  JsonNode steps() {
    return line.get("steps");
  }

  JsonNode expect() {
    return line.get("expect");
  }

  /** Whether a step asks for single operations of a log, which then must not be folded. */
  boolean needsRawLog() {
    for (JsonNode step : steps()) {
      if (step.has("until")) {
        return true;
      }
    }
    return false;
  }

  static Iterable<Map.Entry<String, JsonNode>> fields(JsonNode object) {
    Iterator<Map.Entry<String, JsonNode>> fields = object.fields();
    return () -> fields;
  }
}
