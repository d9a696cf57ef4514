package dev.tidemark.benchmarks.harness;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run has written with {@link JsonLines}.
 *
 * @param environment what it was measured on
 * @param rows in the order in which they were measured
 */
public record Results(Map<String, String> environment, List<Result> rows) {
  private static final JsonFactory JSON = new JsonFactory();

  /** Reads the file of a run. */
  public static Results read(Path file) throws IOException {
    Map<String, String> environment = Map.of();
    List<Result> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      Result result = parse(line);
      if (result.texts().containsKey("benchmark")) {
        rows.add(result);
      } else {
        environment = result.texts();
      }
    }
    return new Results(environment, rows);
  }

  private static Result parse(String line) throws IOException {
    Result result = new Result(new LinkedHashMap<>(), new LinkedHashMap<>());
    try (JsonParser json = JSON.createParser(line)) {
      String prefix = "";
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        switch (token) {
          case VALUE_STRING -> result.texts.put(prefix + json.currentName(), json.getText());
          case VALUE_NUMBER_FLOAT, VALUE_NUMBER_INT ->
              result.numbers.put(prefix + json.currentName(), json.getDoubleValue());
          case START_OBJECT -> prefix = json.currentName() == null ? "" : json.currentName() + ".";
          case END_OBJECT -> prefix = "";
          default -> {}
        }
      }
    }
    return result;
  }

  /**
   * One row.
   *
   * @param texts by field
   * @param numbers by field; those of figures as {@code measured.per_second}
   */
  public record Result(Map<String, String> texts, Map<String, Double> numbers) {
    /** A text, empty if it has none of that name. */
    public String text(String field) {
      return texts.getOrDefault(field, "");
    }

    /** A number, NaN if it has none of that name. */
    public double number(String field) {
      return numbers.getOrDefault(field, Double.NaN);
    }

    /** Whether it was held to a target. */
    public boolean isJudged() {
      return texts.containsKey("verdict");
    }

    /** Whether its target was met. */
    public String verdict() {
      return text("verdict");
    }

    /** What was held to the target. */
    public String value() {
      double value = number("value");
      return Figure.format(value < 1_000 ? "%,.2f" : "%,.0f", value);
    }

    /** The ratio to the baseline; empty without one. */
    public String ratio() {
      double ratio = number("ratio");
      return Double.isNaN(ratio) ? "" : Figure.format("%.2f", ratio);
    }
  }
}
