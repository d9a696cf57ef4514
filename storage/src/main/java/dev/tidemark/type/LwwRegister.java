package dev.tidemark.type;

import dev.tidemark.engine.codec.Bytes;
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
   * Sets the value. Reads nothing. A value of more bytes than the store's {@code inlineLimit} goes
   * to the blob store first.
   *
   * @return the log position
   */
  public long set(V value) {
    return access.update(new Update.SetValue(encode(codec, value)));
  }

  /**
   * The newest value, or none if it was never set or is deleted. Reads one cell.
   *
   * @throws dev.tidemark.error.LoadLimitException if it is longer than the store's {@code
   *     loadLimit}: read it as a stream
   * @throws dev.tidemark.error.MissingDataException if it is large, and not all of it is here
   */
  public Optional<V> get() {
    Optional<Bytes> bytes =
        value(Value.class) instanceof Value.Register register
            ? Optional.ofNullable(register.value())
            // Read again: a reference that was read outside may be gone.
            : access.loading(loader -> Large.bytes(value(Value.class), loader));
    return bytes.map(encoded -> codec.decode(encoded.array()));
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
