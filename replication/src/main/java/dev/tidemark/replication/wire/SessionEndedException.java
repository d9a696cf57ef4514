package dev.tidemark.replication.wire;

import dev.tidemark.engine.stability.Expulsion;
import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;
import org.jspecify.annotations.Nullable;

/** A session cannot go on; its store and the other sessions can. */
public final class SessionEndedException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final transient @Nullable Expulsion expulsion;

  /** An end with its reason. */
  public SessionEndedException(Reason reason, Problem problem) {
    super(problem);
    this.reason = reason;
    this.expulsion = null;
  }

  /** An end because the peer cannot go on under its replica id, with the proof for it. */
  public SessionEndedException(Expulsion expulsion, Problem problem) {
    super(problem);
    this.reason = Reason.RETIRED;
    this.expulsion = expulsion;
  }

  /** An end with its reason and what caused it. */
  public SessionEndedException(Reason reason, Problem problem, Throwable cause) {
    super(problem, cause);
    this.reason = reason;
    this.expulsion = null;
  }

  /** Why the peer cannot go on; null where that is not the reason, or the peer says so. */
  public @Nullable Expulsion expulsion() {
    return expulsion;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
