package dev.tidemark.tools.load;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a workload: {@code strategy/owner/item}. The owner is a writer that has the key for
 * itself, {@value #HOT} for keys that all share, or the registry of sessions.
 */
final class Keys {
  static final Schema SCHEMA = schema();

  /** Sessions that have begun, by number: one that is lost from the other file is not repeated. */
  static final String SESSIONS = Strategy.G_SET.id() + "/registry/sessions";

  private static final String HOT = "hot";

  private Keys() {}

  private static Schema schema() {
    Schema schema = Schema.empty();
    for (Strategy strategy : Strategy.values()) {
      schema = schema.and(strategy.id() + "/", strategy);
    }
    return schema;
  }

  static String confined(Strategy strategy, LaneId lane, String item) {
    return strategy.id() + "/" + lane.tag() + "/" + item;
  }

  static String hot(Strategy strategy, String item) {
    return strategy.id() + "/" + HOT + "/" + item;
  }

  static boolean isHot(String key) {
    return HOT.equals(owner(key));
  }

  static boolean isRegistry(String key) {
    return key.equals(SESSIONS);
  }

  /** Whether long values of a key lie in the blob store. */
  static boolean takesLargeValues(String key) {
    Strategy strategy = SCHEMA.of(Bytes.utf8(key)).strategy();
    return strategy == Strategy.LWW_REGISTER || strategy == Strategy.LWW_MAP;
  }

  /** The writer that has the key for itself, or null if there is none. */
  static @Nullable LaneId lane(String key) {
    return LaneId.parse(owner(key));
  }

  /** The writer that an element, field, value or event of a shared key comes from, or null. */
  static @Nullable LaneId maker(String text) {
    int end = text.indexOf('#');
    return end < 0 ? null : LaneId.parse(text.substring(0, end));
  }

  private static String owner(String key) {
    int start = key.indexOf('/') + 1;
    int end = key.indexOf('/', start);
    return end < 0 ? "" : key.substring(start, end);
  }
}
