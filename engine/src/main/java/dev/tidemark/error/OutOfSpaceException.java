package dev.tidemark.error;

import org.jspecify.annotations.Nullable;

/**
 * The disk has less free space than the reserve; reads go on, writes are refused until space is
 * freed.
 */
public final class OutOfSpaceException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  /** A failure with its message. */
  public OutOfSpaceException(Problem problem) {
    super(problem);
  }

  /** A failure with its message and what caused it. */
  public OutOfSpaceException(Problem problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
