package dev.tidemark.tools.words;

import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;
import java.util.List;

/**
 * The words of an operation, {@code add milk} or {@code update field increment 3}, as an update.
 * Whether the key's strategy has the operation, and whether its arguments are within limits, is the
 * engine's to judge.
 */
public final class UpdateWords {
  private UpdateWords() {}

  /** The update, for a key of a strategy: {@code put} means an epoch or a field. */
  public static Update parse(Strategy strategy, String operation, List<Argument> arguments) {
    return switch (operation) {
      case "put" -> strategy == Strategy.EPOCH_MAX ? epoch(arguments) : field(arguments);
      case "update" -> nested(arguments);
      default -> simple(operation, arguments);
    };
  }

  private static Update simple(String operation, List<Argument> arguments) {
    return switch (operation) {
      case "set" -> new Update.SetValue(only(operation, "value", arguments).bytes("value"));
      case "increment" ->
          new Update.Increment(only(operation, "amount", arguments).signed("amount"));
      case "decrement" ->
          new Update.Decrement(only(operation, "amount", arguments).signed("amount"));
      case "add" -> new Update.Add(only(operation, "element", arguments).bytes("element"));
      case "remove" -> new Update.Remove(only(operation, "item", arguments).bytes("item"));
      case "append" -> new Update.Append(only(operation, "event", arguments).bytes("event"));
      case "enable" -> none(operation, arguments, new Update.Enable());
      case "disable" -> none(operation, arguments, new Update.Disable());
      case "delete" -> none(operation, arguments, new Update.Delete());
      default ->
          throw Problem.of("unknown operation")
              .with("operation", operation)
              .advise(
                  "use one of set, put, increment, decrement, add, remove, enable, disable,"
                      + " update, append, delete")
              .illegalArgument();
    };
  }

  private static Update epoch(List<Argument> arguments) {
    expect(2, arguments, "put EPOCH COUNT");
    return new Update.PutEpoch(
        arguments.get(0).unsigned("epoch"), arguments.get(1).signed("count"));
  }

  private static Update field(List<Argument> arguments) {
    expect(2, arguments, "put FIELD VALUE");
    return new Update.PutField(arguments.get(0).bytes("field"), arguments.get(1).bytes("value"));
  }

  private static Update nested(List<Argument> arguments) {
    String form = "update FIELD OPERATION [ARGUMENT]";
    if (arguments.size() < 2) {
      throw wrongNumber(arguments, form);
    }
    String operation = arguments.get(1).text();
    Update nested = simple(operation, arguments.subList(2, arguments.size()));
    return new Update.UpdateField(arguments.get(0).bytes("field"), nested);
  }

  private static Argument only(String operation, String name, List<Argument> arguments) {
    expect(1, arguments, operation + " " + name.toUpperCase(java.util.Locale.ROOT));
    return arguments.get(0);
  }

  private static Update none(String operation, List<Argument> arguments, Update update) {
    expect(0, arguments, operation);
    return update;
  }

  private static void expect(int count, List<Argument> arguments, String form) {
    if (arguments.size() != count) {
      throw wrongNumber(arguments, form);
    }
  }

  private static IllegalArgumentException wrongNumber(List<Argument> arguments, String form) {
    return Problem.of("operation has the wrong number of arguments")
        .with("given", arguments.size())
        .advise("write it as: " + form)
        .illegalArgument();
  }
}
