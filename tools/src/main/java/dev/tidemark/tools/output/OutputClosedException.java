package dev.tidemark.tools.output;

/**
 * Nobody reads the output any more ({@code tidemark log DIR | head}): there is nothing left to do,
 * and nothing went wrong.
 */
public final class OutputClosedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OutputClosedException(Throwable cause) {
    super("output is closed", cause);
  }
}
