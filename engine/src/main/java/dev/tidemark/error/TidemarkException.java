package dev.tidemark.error;

import org.jspecify.annotations.Nullable;

/**
 * The world is not as it should be: a disk, a file, a peer, another process. The caller's own
 * mistakes are {@link IllegalArgumentException} and {@link IllegalStateException}; a broken promise
 * of this library is an {@link AssertionError}.
 */
public class TidemarkException extends RuntimeException implements Explained {
  private static final long serialVersionUID = 1L;

  private final String title;
  private final transient Problem problem;

  /** A failure with its message. */
  public TidemarkException(Problem problem) {
    this(problem, null);
  }

  /** A failure with its message and what caused it. */
  public TidemarkException(Problem problem, @Nullable Throwable cause) {
    super(problem.message(), cause);
    this.title = problem.title();
    this.problem = problem;
  }

  /** The constant part of the message, fit for counting. */
  public final String title() {
    return title;
  }

  @Override
  public final Problem problem() {
    return problem;
  }
}
