package dev.tidemark.error;

/**
 * A run of another store was refused as a whole: gap, fork, drift, or more than this store knows of
 * itself; nothing of it was applied.
 */
public final class RefusedRunException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  private final boolean isFork;

  /** A failure with its message. */
  public RefusedRunException(Problem problem) {
    this(problem, false);
  }

  private RefusedRunException(Problem problem, boolean isFork) {
    super(problem);
    this.isFork = isFork;
  }

  /** A failure because the run is of another history of an origin than is known here. */
  public static RefusedRunException ofFork(Problem problem) {
    return new RefusedRunException(problem, true);
  }

  /** Whether the run is of another history of an origin than is known here. */
  public boolean isFork() {
    return isFork;
  }
}
