package dev.tidemark.error;

/**
 * A run of another store was refused as a whole: gap, fork, drift, or more than this store knows of
 * itself; nothing of it was applied.
 */
public final class RefusedRunException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  /** A failure with its message. */
  public RefusedRunException(Problem problem) {
    super(problem);
  }
}
