package dev.tidemark.type;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import java.util.List;

/**
 * A key of strategy {@code mv-register}: every value that no later set or delete has seen. Usually
 * that is one; sets that did not see each other are siblings, and the next set, which has seen
 * them, resolves them. After DeCandia et al., "Dynamo", SOSP 2007, and Shapiro et al., INRIA
 * RR-7506, 2011.
 *
 * @param <V> the type of the values; siblings with the same bytes are one
 */
public final class MvRegister<V> extends Handle {
  private final Codec<V> codec;

  /**
   * The handle of a key.
   *
   * @throws IllegalArgumentException if the key has another strategy
   */
  public MvRegister(KeyAccess access, Codec<V> codec) {
    super(access, Strategy.MV_REGISTER);
    this.codec = codec;
  }

  /**
   * Replaces the values that this replica has seen by one. Reads one cell.
   *
   * @return the log position
   * @throws IllegalArgumentException if the value's bytes are over {@link
   *     dev.tidemark.engine.codec.Limits#MAX_VALUE_BYTES}
   */
  public long set(V value) {
    return access.update(new Update.SetValue(encode(codec, value)));
  }

  /** The values in the order of their bytes: none, one, or siblings. Reads one cell. */
  public List<V> values() {
    return value(Value.Elements.class).elements().stream()
        .map(bytes -> codec.decode(bytes.array()))
        .toList();
  }

  /**
   * Deletes the values that this replica has seen; a concurrent set survives.
   *
   * @return the log position
   */
  public long delete() {
    return access.update(new Update.Delete());
  }

  /** This handle with another durability for its updates. */
  public MvRegister<V> with(Durability durability) {
    return new MvRegister<>(access.with(durability), codec);
  }
}
