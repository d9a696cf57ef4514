package dev.tidemark.engine.simulation;

/** A cluster goes on exchanging and speaking for ever, though nothing happens to it any more. */
final class NoRestError extends AssertionError {
  private static final long serialVersionUID = 1L;

  NoRestError(int rounds) {
    super("not silent after " + rounds + " rounds");
  }
}
