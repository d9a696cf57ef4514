package dev.tidemark.error;

import org.jspecify.annotations.Nullable;

/** Bytes from outside (a file, a peer) are not what they claim to be; nothing of them was used. */
public final class MalformedException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  /** A failure with its message. */
  public MalformedException(Problem problem) {
    super(problem);
  }

  /** A failure with its message and what caused it. */
  public MalformedException(Problem problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
