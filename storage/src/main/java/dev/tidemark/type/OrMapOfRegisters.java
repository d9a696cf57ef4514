package dev.tidemark.type;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import java.util.List;
import java.util.function.Function;

/**
 * A key of strategy {@code or-map:mv-register}: fields with an {@link MvRegister} each. A field is
 * there while it has a value. Remove and delete take back the values that their replica had seen; a
 * concurrent set brings its field back with that value alone. After Almeida, Shoker and Baquero,
 * "Delta State Replicated Data Types", JPDC 2018.
 *
 * @param <F> the type of the fields; two are one when their bytes are
 * @param <V> the type of the values
 */
public final class OrMapOfRegisters<F, V> extends EntryHandle<F, List<V>> {
  private final Codec<V> valueCodec;

  /**
   * The handle of a key.
   *
   * @throws IllegalArgumentException if the key has another strategy
   */
  public OrMapOfRegisters(KeyAccess access, Codec<F> fieldCodec, Codec<V> valueCodec) {
    super(access, fieldCodec, Strategy.OR_MAP_OF_MV_REGISTER);
    this.valueCodec = valueCodec;
  }

  /**
   * Replaces the values of a field that this replica has seen by one. Costs the field's cell.
   *
   * @return the log position
   * @throws IllegalArgumentException if the field's bytes are over {@link
   *     dev.tidemark.engine.codec.Limits#MAX_ELEMENT_BYTES}, or the value's over {@link
   *     dev.tidemark.engine.codec.Limits#MAX_VALUE_BYTES}
   */
  public long set(F field, V value) {
    return update(field, new Update.SetValue(encode(valueCodec, value)));
  }

  /**
   * The values of a field in the order of their bytes: none, one, or siblings. Reads its cell
   * alone.
   */
  public List<V> values(F field) {
    return find(field).orElse(List.of());
  }

  /** This handle with another durability for its updates. */
  public OrMapOfRegisters<F, V> with(Durability durability) {
    return new OrMapOfRegisters<>(access.with(durability), fieldCodec, valueCodec);
  }

  @Override
  List<V> decode(Value value, Function<LargeValue, Bytes> loader) {
    return ((Value.Elements) value)
        .elements().stream().map(bytes -> valueCodec.decode(bytes.array())).toList();
  }
}
