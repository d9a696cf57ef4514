package dev.tidemark.engine.operation;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.error.Problem;

/**
 * The checks of an update's arguments, where it is submitted. Decoders hold bytes to the same
 * limits.
 */
public final class Arguments {
  private Arguments() {}

  /** A key: not empty, not too long. */
  public static Bytes key(Bytes key) {
    if (key.length() == 0) {
      throw Problem.of("key is empty").advise("give a key of 1 byte or more").illegalArgument();
    }
    return within("key", key, Limits.MAX_KEY_BYTES);
  }

  /** An element of a set or a field of a map. */
  public static Bytes element(Bytes element) {
    return within("element", element, Limits.MAX_ELEMENT_BYTES);
  }

  /** A value or an event. */
  public static Bytes value(Bytes value) {
    return within("value", value, Limits.MAX_VALUE_BYTES);
  }

  /** An amount: above 0. */
  public static long amount(long amount) {
    if (amount <= 0) {
      throw Problem.of("amount is not above 0")
          .with("amount", amount)
          .advise("use decrement to go down, delete to reset")
          .illegalArgument();
    }
    return amount;
  }

  /** The refusal of an update that a strategy does not have. */
  public static IllegalArgumentException unsupported(String strategy, Update update, String has) {
    return Problem.of("operation is not one of the key's strategy")
        .with("operation", update.verb())
        .with("strategy", strategy)
        .advise(strategy + " has " + has)
        .illegalArgument();
  }

  private static Bytes within(String what, Bytes bytes, int limit) {
    if (bytes.length() > limit) {
      throw Problem.of(what + " is too long")
          .with("bytes", bytes.length())
          .with("limit", limit)
          .advise("shorten it, or store the long part under a key of its own")
          .illegalArgument();
    }
    return bytes;
  }
}
