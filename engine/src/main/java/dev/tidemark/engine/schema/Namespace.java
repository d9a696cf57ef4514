package dev.tidemark.engine.schema;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.strategy.Strategy;

/** A key prefix and the strategy of the keys under it. The empty prefix holds all the rest. */
public record Namespace(Bytes prefix, Strategy strategy) {
  @Override
  public String toString() {
    return prefix + "=" + strategy.id();
  }
}
