package dev.tidemark.engine.commit;

import java.util.List;

/**
 * Operations that become visible together, and travel together.
 *
 * @param operations all of them, in order: the index of one is what its id is told by
 */
public record Commit(CommitHeader header, List<Operation> operations) {
  /** Those whose deltas are here. */
  public List<Operation> held() {
    for (Operation operation : operations) {
      if (operation.isWithheld()) {
        return operations.stream().filter(any -> !any.isWithheld()).toList();
      }
    }
    return operations;
  }
}
