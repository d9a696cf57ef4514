package dev.tidemark.error;

import org.jspecify.annotations.Nullable;

/**
 * A commit from another store was refused as a whole: gap, fork, drift, schema or limit; nothing of
 * it was applied.
 */
public final class RefusedCommitException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  /** A failure with its message. */
  public RefusedCommitException(Problem problem) {
    super(problem);
  }

  /** A failure with its message and what caused it. */
  public RefusedCommitException(Problem problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
