package dev.tidemark.error;

/** A large value is longer than an ordinary read may take into memory: it is read as a stream. */
public final class LoadLimitException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  /** A failure with its message. */
  public LoadLimitException(Problem problem) {
    super(problem);
  }
}
