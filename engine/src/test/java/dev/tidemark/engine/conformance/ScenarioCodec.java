package dev.tidemark.engine.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import java.math.BigInteger;
import java.util.List;

/** Updates as scenarios write them, and values as scenarios expect them. */
final class ScenarioCodec {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ScenarioCodec() {}

  /** The update of an operation's name and its arguments from an index on. */
  static Update update(String operation, JsonNode args, int from, boolean isFieldMap) {
    return switch (operation) {
      case "set" -> new Update.SetValue(text(args, from));
      case "put" ->
          isFieldMap
              ? new Update.PutField(text(args, from), text(args, from + 1))
              : new Update.PutEpoch(number(args, from), number(args, from + 1));
      case "increment" -> new Update.Increment(number(args, from));
      case "decrement" -> new Update.Decrement(number(args, from));
      case "add" -> new Update.Add(text(args, from));
      case "remove" -> new Update.Remove(text(args, from));
      case "enable" -> new Update.Enable();
      case "disable" -> new Update.Disable();
      case "update" ->
          new Update.UpdateField(
              text(args, from), update(args.get(from + 1).asText(), args, from + 2, false));
      case "append" -> new Update.Append(text(args, from));
      case "delete" -> new Update.Delete();
      default -> throw new IllegalArgumentException("unknown operation: " + operation);
    };
  }

  private static Bytes text(JsonNode args, int index) {
    return Bytes.utf8(args.get(index).textValue());
  }

  /** Epochs are unsigned and may exceed 2^63: their low 64 bits are what the type takes. */
  private static long number(JsonNode args, int index) {
    return args.get(index).bigIntegerValue().longValue();
  }

  static JsonNode json(Value value) {
    if (value instanceof Value.Register register) {
      return register.value() == null ? JSON.nullNode() : JSON.textNode(register.value().toUtf8());
    } else if (value instanceof Value.Epoch epoch) {
      return epoch.point() == null ? JSON.nullNode() : point(epoch.point());
    } else if (value instanceof Value.Counter counter) {
      return JSON.numberNode(counter.sum());
    } else if (value instanceof Value.Elements elements) {
      return texts(elements.elements());
    } else if (value instanceof Value.Events events) {
      return texts(events.events());
    } else if (value instanceof Value.Flag flag) {
      return JSON.booleanNode(flag.enabled());
    }
    ObjectNode object = JSON.objectNode();
    ((Value.Fields) value).fields().forEach((name, of) -> object.set(name.toUtf8(), json(of)));
    return object;
  }

  private static JsonNode point(Value.EpochCount point) {
    BigInteger epoch = new BigInteger(Long.toUnsignedString(point.epoch()));
    ObjectNode object = JSON.objectNode();
    object.set("epoch", JSON.numberNode(epoch));
    object.set("count", JSON.numberNode(BigInteger.valueOf(point.count())));
    return object;
  }

  private static JsonNode texts(List<Bytes> all) {
    ArrayNode array = JSON.arrayNode();
    all.forEach(bytes -> array.add(bytes.toUtf8()));
    return array;
  }
}
