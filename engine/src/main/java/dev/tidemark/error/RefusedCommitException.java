package dev.tidemark.error;

import org.jspecify.annotations.Nullable;

/**
 * A commit from another store was refused as a whole: gap, fork, drift, schema or limit; nothing of
 * it was applied.
 */
public final class RefusedCommitException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  private final boolean isFork;

  /** A failure with its message. */
  public RefusedCommitException(Problem problem) {
    this(problem, false);
  }

  private RefusedCommitException(Problem problem, boolean isFork) {
    super(problem);
    this.isFork = isFork;
  }

  /** A failure with its message and what caused it. */
  public RefusedCommitException(Problem problem, @Nullable Throwable cause) {
    super(problem, cause);
    this.isFork = false;
  }

  /** A failure because the commit is of another history of its origin than is known here. */
  public static RefusedCommitException ofFork(Problem problem) {
    return new RefusedCommitException(problem, true);
  }

  /** Whether the commit is of another history of its origin than is known here. */
  public boolean isFork() {
    return isFork;
  }
}
