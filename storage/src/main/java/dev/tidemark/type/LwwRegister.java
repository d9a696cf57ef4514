package dev.tidemark.type;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import java.util.Optional;

/**
 * A key of strategy {@code lww-register}: one value, and the newest set or delete decides. Newest
 * is by hybrid time, then by replica id, so of two sets that did not see each other one is lost; an
 * {@link MvRegister} keeps both. After Johnson and Thomas, "The Maintenance of Duplicate
 * Databases", RFC 677, 1975.
 *
 * @param <V> the type of the value
 */
public final class LwwRegister<V> extends Handle {
  private final Codec<V> codec;

  /**
   * The handle of a key.
   *
   * @throws IllegalArgumentException if the key has another strategy
   */
  public LwwRegister(KeyAccess access, Codec<V> codec) {
    super(access, Strategy.LWW_REGISTER);
    this.codec = codec;
  }

  /**
   * Sets the value. Reads nothing.
   *
   * @return the log position
   * @throws IllegalArgumentException if the value's bytes are over {@link
   *     dev.tidemark.engine.codec.Limits#MAX_VALUE_BYTES}
   */
  public long set(V value) {
    return access.update(new Update.SetValue(encode(codec, value)));
  }

  /** The newest value, or none if it was never set or is deleted. Reads one cell. */
  public Optional<V> get() {
    return Optional.ofNullable(value(Value.Register.class).value())
        .map(bytes -> codec.decode(bytes.array()));
  }

  /**
   * Deletes the value; a later set brings the key back.
   *
   * @return the log position
   */
  public long delete() {
    return access.update(new Update.Delete());
  }

  /** This handle with another durability for its updates. */
  public LwwRegister<V> with(Durability durability) {
    return new LwwRegister<>(access.with(durability), codec);
  }
}
