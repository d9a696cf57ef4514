package dev.tidemark.error;

/**
 * A store, or a replica whose operation is offered, is not one that the members of the cluster
 * listen to: it never joined, was retired, or has lost what it once acknowledged. Nothing was
 * changed.
 */
public final class NotMemberException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  /** A failure with its message. */
  public NotMemberException(Problem problem) {
    super(problem);
  }
}
