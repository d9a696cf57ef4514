package dev.tidemark.error;

/**
 * A key is none of those that the store holds, and it lets no others in: the update, commit or run
 * was refused as a whole, and nothing of it was applied.
 */
public final class OutsideInterestException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  /** A failure with its message. */
  public OutsideInterestException(Problem problem) {
    super(problem);
  }
}
