package dev.tidemark.storage.log;

import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;
import java.util.OptionalLong;

/** The log begins above the position that was asked for: ask another store, or take a snapshot. */
public final class TruncatedException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  private final long firstPosition;
  private final long snapshotPosition;

  TruncatedException(long asked, long firstPosition, OptionalLong snapshot) {
    super(
        Problem.of("log begins above the position")
            .with("position", asked)
            .with("first", firstPosition)
            .with("newestSnapshot", snapshot.isPresent() ? snapshot.getAsLong() : "none")
            .advise(
                "read from a store whose log reaches it, or begin with the snapshot and read on"
                    + " behind its position"));
    this.firstPosition = firstPosition;
    this.snapshotPosition = snapshot.orElse(0);
  }

  /** The lowest position that can be read. */
  public long firstPosition() {
    return firstPosition;
  }

  /** The position of the store's newest snapshot; 0 if it has none. */
  public long snapshotPosition() {
    return snapshotPosition;
  }
}
