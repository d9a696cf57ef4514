package dev.tidemark.error;

import org.jspecify.annotations.Nullable;

/** A write or a force failed; reads go on, every write is refused until the store is reopened. */
public final class StorePoisonedException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  /** A failure with its message. */
  public StorePoisonedException(Problem problem) {
    super(problem);
  }

  /** A failure with its message and what caused it. */
  public StorePoisonedException(Problem problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
