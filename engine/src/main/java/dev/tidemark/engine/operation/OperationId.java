package dev.tidemark.engine.operation;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.clock.Version;

/** Who makes an operation, its place in that replica's log, and its hybrid time. */
public record OperationId(long replica, long sequence, long stamp) {
  /** The operation itself. */
  public Dot dot() {
    return new Dot(replica, sequence);
  }

  /** Its place in the order of last-writer-wins. */
  public Version version() {
    return new Version(stamp, replica, sequence);
  }
}
