package dev.tidemark.storage.log;

import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;

/** The log begins above the position that was asked for: ask another store, or take a snapshot. */
public final class TruncatedException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  private final long firstPosition;

  TruncatedException(long asked, long firstPosition) {
    super(
        Problem.of("log begins above the position")
            .with("position", asked)
            .with("first", firstPosition)
            .advise("read from a store whose log reaches it, or from a snapshot"));
    this.firstPosition = firstPosition;
  }

  /** The lowest position that can be read. */
  public long firstPosition() {
    return firstPosition;
  }
}
