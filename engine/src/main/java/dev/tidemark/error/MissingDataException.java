package dev.tidemark.error;

import org.jspecify.annotations.Nullable;

/**
 * Chunks of a large value are not here: they were not fetched yet, or are lost; another store may
 * have them.
 */
public final class MissingDataException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  /** A failure with its message. */
  public MissingDataException(Problem problem) {
    super(problem);
  }

  /** A failure with its message and what caused it. */
  public MissingDataException(Problem problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
