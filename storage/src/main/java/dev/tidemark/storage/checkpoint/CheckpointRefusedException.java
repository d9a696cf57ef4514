package dev.tidemark.storage.checkpoint;

import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;

/** A submission to a checkpoint, or a checkpoint as a whole, is not what it should be. */
public final class CheckpointRefusedException extends TidemarkException {
  private static final long serialVersionUID = 1;

  /** A refusal that says what was expected, and what came. */
  public CheckpointRefusedException(Problem problem) {
    super(problem);
  }
}
