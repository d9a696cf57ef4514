package dev.tidemark.tools.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.error.Problem;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a JSON object, each with its one complaint. */
final class Fields {
  private final JsonNode object;

  Fields(JsonNode object) {
    if (!object.isObject()) {
      throw Problem.of("not a JSON object").with("found", object).illegalArgument();
    }
    this.object = object;
  }

  boolean has(String name) {
    return object.has(name);
  }

  JsonNode required(String name) {
    JsonNode field = object.get(name);
    if (field == null) {
      throw Problem.of("field is missing").with("field", name).illegalArgument();
    }
    return field;
  }

  String text(String name) {
    JsonNode field = required(name);
    if (!field.isTextual()) {
      throw Problem.of("field is not a string").with("field", name).illegalArgument();
    }
    return field.textValue();
  }

  JsonNode object(String name) {
    JsonNode field = required(name);
    if (!field.isObject()) {
      throw Problem.of("field is not an object").with("field", name).illegalArgument();
    }
    return field;
  }

  JsonNode array(String name) {
    JsonNode field = required(name);
    if (!field.isArray()) {
      throw Problem.of("field is not an array").with("field", name).illegalArgument();
    }
    return field;
  }

  /** A whole number from 0 that fits 63 bits, or null if it is not given. */
  @Nullable Long optionalNatural(String name) {
    if (!has(name)) {
      return null;
    }
    BigInteger number = integer(name, object.get(name));
    if (number.signum() < 0 || number.bitLength() >= Long.SIZE) {
      throw Problem.of("number is out of range")
          .with("field", name)
          .with("number", number)
          .illegalArgument();
    }
    return number.longValue();
  }

  static BigInteger integer(String name, JsonNode node) {
    if (!node.isIntegralNumber()) {
      throw Problem.of("field is not a whole number")
          .with("field", name)
          .with("found", node)
          .illegalArgument();
    }
    return node.bigIntegerValue();
  }
}
