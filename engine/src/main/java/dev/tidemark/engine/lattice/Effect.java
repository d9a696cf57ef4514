package dev.tidemark.engine.lattice;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing a delta does: a verb of the strategy, the element or field it does it to, the value it
 * gives, and the earlier operations it overrides.
 */
public record Effect(
    String verb, @Nullable Bytes item, @Nullable Value value, List<Dot> overrides) {
  /** A verb alone. */
  public static Effect of(String verb) {
    return new Effect(verb, null, null, List.of());
  }
}
