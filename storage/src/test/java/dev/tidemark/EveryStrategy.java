package dev.tidemark;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;

/** One prefix per strategy, and an update of each for any three small numbers. */
public final class EveryStrategy {
  public static final Schema SCHEMA = schema();

  private static final int ITEMS = 6;
  private static final int LONG_VALUE = 700;

  private EveryStrategy() {}

  private static Schema schema() {
    Schema schema = Schema.empty();
    for (Strategy strategy : Strategy.values()) {
      schema = schema.and(prefix(strategy), strategy);
    }
    return schema;
  }

  public static String prefix(Strategy strategy) {
    return strategy.id() + "/";
  }

  public static String key(Strategy strategy, int number) {
    return prefix(strategy) + number;
  }

  /** An update that the strategy has; which one depends on the numbers. */
  public static Update update(Strategy strategy, int verb, int item, int value) {
    Bytes element = Bytes.utf8("e" + Math.floorMod(item, ITEMS));
    // Long now and then, so that a small overlay is full soon.
    Bytes text = Bytes.utf8("v" + value + "x".repeat(value % 4 == 0 ? LONG_VALUE : 0));
    boolean delete = verb % 8 == 7;
    return switch (strategy) {
      case LWW_REGISTER, MV_REGISTER -> delete ? new Update.Delete() : new Update.SetValue(text);
      case EPOCH_MAX -> delete ? new Update.Delete() : new Update.PutEpoch(item, value);
      case G_COUNTER -> delete ? new Update.Delete() : new Update.Increment(value + 1);
      case PN_COUNTER -> delete ? new Update.Delete() : upOrDown(verb, value);
      case G_SET -> new Update.Add(element);
      case OR_SET -> delete ? new Update.Delete() : addOrRemove(verb, element);
      case EW_FLAG -> delete ? new Update.Delete() : onOrOff(verb);
      case LWW_MAP -> inMap(verb, element, new Update.PutField(element, text));
      case OR_MAP_OF_OR_SET ->
          inMap(
              verb,
              element,
              new Update.UpdateField(
                  element, addOrRemove(value, Bytes.utf8("n" + Math.floorMod(value, ITEMS)))));
      case OR_MAP_OF_MV_REGISTER ->
          inMap(verb, element, new Update.UpdateField(element, new Update.SetValue(text)));
      case OR_MAP_OF_EW_FLAG ->
          inMap(verb, element, new Update.UpdateField(element, onOrOff(value)));
      case OR_MAP_OF_PN_COUNTER ->
          inMap(verb, element, new Update.UpdateField(element, upOrDown(value, value)));
      case JOURNAL -> new Update.Append(text);
    };
  }

  private static Update inMap(int verb, Bytes field, Update otherwise) {
    return switch (verb % 8) {
      case 7 -> new Update.Delete();
      case 6, 5 -> new Update.Remove(field);
      default -> otherwise;
    };
  }

  private static Update addOrRemove(int verb, Bytes element) {
    return verb % 3 == 2 ? new Update.Remove(element) : new Update.Add(element);
  }

  private static Update upOrDown(int verb, int amount) {
    return verb % 2 == 0 ? new Update.Increment(amount + 1) : new Update.Decrement(amount + 1);
  }

  private static Update onOrOff(int verb) {
    return verb % 3 == 2 ? new Update.Disable() : new Update.Enable();
  }
}
