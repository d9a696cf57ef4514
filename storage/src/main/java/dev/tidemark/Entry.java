package dev.tidemark;

import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;

/** A key that a scan found, and its whole value. */
public record Entry(String key, Strategy strategy, Value value) {}
