package dev.tidemark.storage.membership;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;

/**
 * How far what only one store had was made anew: namespace by namespace, key by key, in their
 * order.
 *
 * @param isDone whether that is all of it
 * @param prefix of the namespace
 * @param key the last key
 */
public record Reissued(boolean isDone, Bytes prefix, Bytes key) implements Comparable<Reissued> {
  /** Nothing. */
  public static final Reissued NOTHING = new Reissued(false, Bytes.EMPTY, Bytes.EMPTY);

  /** Up to and with a key. */
  public static Reissued upTo(Namespace namespace, Bytes key) {
    return new Reissued(false, namespace.prefix(), key);
  }

  /** All of it. */
  public static Reissued all() {
    return new Reissued(true, Bytes.EMPTY, Bytes.EMPTY);
  }

  @Override
  public int compareTo(Reissued other) {
    if (isDone != other.isDone) {
      return isDone ? 1 : -1;
    }
    int order = prefix.compareTo(other.prefix);
    return order != 0 ? order : key.compareTo(other.key);
  }
}
