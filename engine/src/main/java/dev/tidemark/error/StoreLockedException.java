package dev.tidemark.error;

import org.jspecify.annotations.Nullable;

/** Another process, or this one, holds the directory. */
public final class StoreLockedException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  /** A failure with its message. */
  public StoreLockedException(Problem problem) {
    super(problem);
  }

  /** A failure with its message and what caused it. */
  public StoreLockedException(Problem problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
