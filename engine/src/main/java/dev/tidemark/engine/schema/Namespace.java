package dev.tidemark.engine.schema;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;

/** A key prefix and the strategy of the keys under it. The empty prefix holds all the rest. */
public record Namespace(Bytes prefix, Strategy strategy) {
  /**
   * What stores say to each other in keys of their own: who is a member. Logged, joined and handed
   * over like all else; users can neither write nor see it.
   */
  public static final Namespace SYSTEM = new Namespace(Bytes.utf8("\0tidemark:"), Strategy.LWW_MAP);

  /** Whether a key, or a prefix of keys, is none of the users'. */
  public static boolean isReserved(Bytes key) {
    return key.startsWith(SYSTEM.prefix);
  }

  /** A key that users name: none of those that stores keep for themselves. */
  public static Bytes userKey(Bytes key) {
    if (isReserved(key)) {
      throw Problem.of("key is reserved")
          .with("key", key)
          .with("reserved", SYSTEM.prefix)
          .advise("use a key that begins otherwise")
          .illegalArgument();
    }
    return Arguments.key(key);
  }

  @Override
  public String toString() {
    return prefix + "=" + strategy.id();
  }
}
