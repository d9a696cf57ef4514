package dev.tidemark.error;

import org.jspecify.annotations.Nullable;

/** A prefix is stored or sent under another strategy than this store's schema says. */
public final class SchemaMismatchException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  /** A failure with its message. */
  public SchemaMismatchException(Problem problem) {
    super(problem);
  }

  /** A failure with its message and what caused it. */
  public SchemaMismatchException(Problem problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
