package dev.tidemark.storage.snapshot;

import dev.tidemark.storage.state.StateAudit;

/**
 * What a check of a snapshot looked at.
 *
 * @param snapshot the snapshot
 * @param audit its keys and cells, added up again; of nothing if its files are not as they should
 *     be
 * @param mismatches how much is wrong
 */
public record SnapshotReport(Snapshot snapshot, StateAudit audit, long mismatches) {
  /** Whether everything is as it should be. */
  public boolean isClean() {
    return mismatches == 0;
  }
}
