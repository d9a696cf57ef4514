package dev.tidemark.error;

import org.jspecify.annotations.Nullable;

/**
 * Stored bytes fail their checksum or their contiguity; the message names file, offset and range.
 */
public final class DamagedException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  /** A failure with its message. */
  public DamagedException(Problem problem) {
    super(problem);
  }

  /** A failure with its message and what caused it. */
  public DamagedException(Problem problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
