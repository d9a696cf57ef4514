package dev.tidemark.type;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import java.util.Optional;
import java.util.function.Function;

/**
 * A key of strategy {@code lww-map}: fields with one value each, and per field the newest put or
 * remove decides, by hybrid time, then by replica id. A delete of the key cuts every put that is
 * older, also one that arrives later; unlike in the or-maps it is age that counts, not what was
 * seen.
 *
 * @param <F> the type of the fields; two are one when their bytes are
 * @param <V> the type of the values
 */
public final class LwwMap<F, V> extends EntryHandle<F, V> {
  private final Codec<V> valueCodec;

  /**
   * The handle of a key.
   *
   * @throws IllegalArgumentException if the key has another strategy
   */
  public LwwMap(KeyAccess access, Codec<F> fieldCodec, Codec<V> valueCodec) {
    super(access, fieldCodec, Strategy.LWW_MAP);
    this.valueCodec = valueCodec;
  }

  /**
   * Gives a field a value. Reads nothing. A value of more bytes than the store's {@code
   * inlineLimit} goes to the blob store first.
   *
   * @return the log position
   * @throws IllegalArgumentException if the field's bytes are over {@link
   *     dev.tidemark.engine.codec.Limits#MAX_ELEMENT_BYTES}
   */
  public long put(F field, V value) {
    return access.update(new Update.PutField(encode(fieldCodec, field), encode(valueCodec, value)));
  }

  /**
   * The value of a field, or none. Reads its cell alone; so do, for every field, all that give
   * values.
   *
   * @throws dev.tidemark.error.LoadLimitException if it is longer than the store's {@code
   *     loadLimit}: read it as a stream
   * @throws dev.tidemark.error.MissingDataException if it is large, and not all of it is here
   */
  public Optional<V> get(F field) {
    return find(field);
  }

  /** This handle with another durability for its updates. */
  public LwwMap<F, V> with(Durability durability) {
    return new LwwMap<>(access.with(durability), fieldCodec, valueCodec);
  }

  @Override
  V decode(Value value, Function<LargeValue, Bytes> loader) {
    return valueCodec.decode(Large.bytes(value, loader).orElseThrow().array());
  }

  @Override
  <T> T reading(Function<Function<LargeValue, Bytes>, T> reader) {
    return access.loading(reader);
  }
}
