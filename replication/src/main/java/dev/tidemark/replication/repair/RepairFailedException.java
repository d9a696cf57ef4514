package dev.tidemark.replication.repair;

import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;

/** A comparison with a peer cannot go on; what it has put right so far stays so. */
public final class RepairFailedException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  RepairFailedException(Problem problem) {
    super(problem);
  }
}
