package dev.tidemark.tools.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;
import dev.tidemark.tools.words.Argument;
import dev.tidemark.tools.words.UpdateWords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The body of an update: {@code
 * {"op":"add","args":["milk"],"durability":"SYNCED","level":"LOCAL","timeoutMillis":5000}}, all but
 * the operation optional.
 */
record UpdateRequest(String operation, List<Argument> arguments, Waiting waiting) {
  private static final Set<String> FIELDS =
      Set.of("op", "args", "durability", "level", "timeoutMillis");

  // Numbers may exceed 2^63.
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build()
          .reader();

  static UpdateRequest parse(byte[] body) {
    JsonNode object = read(body);
    for (var field : object.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        throw Problem.of("unknown field")
            .with("field", field.getKey())
            .advise("use op, args, durability, level, timeoutMillis")
            .illegalArgument();
      }
    }
    String operation = text(object, "op", "");
    if (operation.isEmpty()) {
      throw Problem.of("field is missing").with("field", "op").illegalArgument();
    }
    List<Argument> arguments = new ArrayList<>();
    JsonNode args = object.path("args");
    if (!args.isMissingNode() && !args.isArray()) {
      throw Problem.of("field is not an array").with("field", "args").illegalArgument();
    }
    args.forEach(argument -> arguments.add(Argument.json(argument)));
    return new UpdateRequest(
        operation,
        arguments,
        Waiting.of(
            text(object, "durability", ""),
            text(object, "level", ""),
            text(object, "timeoutMillis", "")));
  }

  private static JsonNode read(byte[] body) {
    try {
      JsonNode read = JSON.readTree(body);
      if (read.isObject()) {
        return read;
      }
    } catch (JsonProcessingException e) {
      throw Problem.of("body is not JSON")
          .with("reason", Views.reason(e))
          .advise("send {\"op\":\"add\",\"args\":[\"milk\"]}")
          .illegalArgument();
    } catch (IOException e) {
      throw Problem.of("body is not JSON")
          .with("reason", String.valueOf(e.getMessage()))
          .illegalArgument();
    }
    throw Problem.of("body is not a JSON object")
        .advise("send {\"op\":\"add\",\"args\":[\"milk\"]}")
        .illegalArgument();
  }

  /** A string or a number as text. */
  private static String text(JsonNode object, String name, String otherwise) {
    JsonNode field = object.path(name);
    if (field.isMissingNode() || field.isNull()) {
      return otherwise;
    }
    if (!field.isTextual() && !field.isIntegralNumber()) {
      throw Problem.of("field is neither a string nor a whole number")
          .with("field", name)
          .with("value", field)
          .illegalArgument();
    }
    return field.asText();
  }

  Update update(Strategy strategy) {
    return UpdateWords.parse(strategy, operation, arguments);
  }
}
