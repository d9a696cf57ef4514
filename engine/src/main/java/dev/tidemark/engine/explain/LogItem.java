package dev.tidemark.engine.explain;

import dev.tidemark.engine.operation.OperationId;
import org.jspecify.annotations.Nullable;

/**
 * Where in a log an element stands.
 *
 * @param firstPosition the first log position it stands for
 * @param lastPosition the last
 * @param operation the operation whose delta it is; null if many were folded into it
 */
public record LogItem(long firstPosition, long lastPosition, @Nullable OperationId operation) {
  /** A single operation. */
  public static LogItem of(long position, OperationId operation) {
    return new LogItem(position, position, operation);
  }

  /** A folded run. */
  public static LogItem folded(long firstPosition, long lastPosition) {
    return new LogItem(firstPosition, lastPosition, null);
  }
}
