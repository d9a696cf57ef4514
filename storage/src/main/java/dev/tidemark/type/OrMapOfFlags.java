package dev.tidemark.type;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;

/**
 * A key of strategy {@code or-map:ew-flag}: fields with an {@link EwFlag} each. A field is there
 * while its flag is true, so {@link #fields()} are the enabled ones and a remove is a disable. A
 * field enabled elsewhere at the same time stays. After Almeida, Shoker and Baquero, "Delta State
 * Replicated Data Types", JPDC 2018.
 *
 * @param <F> the type of the fields; two are one when their bytes are
 */
public final class OrMapOfFlags<F> extends FieldHandle<F> {
  /**
   * The handle of a key.
   *
   * @throws IllegalArgumentException if the key has another strategy
   */
  public OrMapOfFlags(KeyAccess access, Codec<F> fieldCodec) {
    super(access, fieldCodec, Strategy.OR_MAP_OF_EW_FLAG);
  }

  /**
   * Makes a field true. Costs the field's cell.
   *
   * @return the log position
   * @throws IllegalArgumentException if the field's bytes are over {@link
   *     dev.tidemark.engine.codec.Limits#MAX_ELEMENT_BYTES}
   */
  public long enable(F field) {
    return update(field, new Update.Enable());
  }

  /**
   * Makes a field false, as far as this replica has seen it enabled. Costs the field's cell.
   *
   * @return the log position
   */
  public long disable(F field) {
    return update(field, new Update.Disable());
  }

  /** Whether a field is true. Reads its cell alone. */
  public boolean isEnabled(F field) {
    return containsField(field);
  }

  /** This handle with another durability for its updates. */
  public OrMapOfFlags<F> with(Durability durability) {
    return new OrMapOfFlags<>(access.with(durability), fieldCodec);
  }
}
