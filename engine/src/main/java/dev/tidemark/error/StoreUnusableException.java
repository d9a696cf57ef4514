package dev.tidemark.error;

import org.jspecify.annotations.Nullable;

/** The directory is missing, read-only, not a store, or of a format this version cannot read. */
public final class StoreUnusableException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  /** A failure with its message. */
  public StoreUnusableException(Problem problem) {
    super(problem);
  }

  /** A failure with its message and what caused it. */
  public StoreUnusableException(Problem problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
