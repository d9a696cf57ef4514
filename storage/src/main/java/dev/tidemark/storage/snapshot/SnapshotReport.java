package dev.tidemark.storage.snapshot;

import dev.tidemark.storage.blob.BlobReport;
import dev.tidemark.storage.state.StateAudit;
import org.jspecify.annotations.Nullable;

/**
 * What a check of a snapshot looked at.
 *
 * @param snapshot the snapshot
 * @param audit its keys and cells, added up again; of nothing if its files are not as they should
 *     be
 * @param mismatches how much is wrong
 * @param largeValues what was found of the large values it refers to; null if they were not looked
 *     at
 */
public record SnapshotReport(
    Snapshot snapshot, StateAudit audit, long mismatches, @Nullable BlobReport largeValues) {
  /** Whether everything is as it should be. */
  public boolean isClean() {
    return mismatches == 0;
  }
}
