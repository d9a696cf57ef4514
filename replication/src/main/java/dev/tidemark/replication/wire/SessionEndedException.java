package dev.tidemark.replication.wire;

import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;

/** A session cannot go on; its store and the other sessions can. */
public final class SessionEndedException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** An end with its reason. */
  public SessionEndedException(Reason reason, Problem problem) {
    super(problem);
    this.reason = reason;
  }

  /** An end with its reason and what caused it. */
  public SessionEndedException(Reason reason, Problem problem, Throwable cause) {
    super(problem, cause);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
