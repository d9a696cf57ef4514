package dev.tidemark.type;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Value;
import java.util.Optional;
import java.util.function.Function;

/** Values that are in their place or large, as bytes. */
final class Large {
  private Large() {}

  /** The bytes of a register's value, or of a field's; empty of a register that has none. */
  static Optional<Bytes> bytes(Value value, Function<LargeValue, Bytes> loader) {
    return value instanceof Value.Large large
        ? Optional.of(loader.apply(large.value()))
        : Optional.ofNullable(((Value.Register) value).value());
  }
}
