package dev.tidemark.error;

import java.util.List;

/**
 * A key is none of those of which the store takes updates: the update, commit or run was refused as
 * a whole, and nothing of it was applied.
 */
public final class OutsideInterestException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  private final String[] owners;

  /** A failure with its message, of a store that follows no ring. */
  public OutsideInterestException(Problem problem) {
    this(problem, List.of());
  }

  /** A failure with its message, of a key that has owners. */
  public OutsideInterestException(Problem problem, List<String> owners) {
    super(problem);
    this.owners = owners.toArray(String[]::new);
  }

  /** Who owns the key in the ring that the store follows; empty if it follows none. */
  public List<String> owners() {
    return List.of(owners);
  }
}
