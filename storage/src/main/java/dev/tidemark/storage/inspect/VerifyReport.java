package dev.tidemark.storage.inspect;

import org.jspecify.annotations.Nullable;

/**
 * What a verification looked at.
 *
 * @param firstPosition the oldest commit of the log
 * @param lastPosition the newest good commit of the log
 * @param segments segments read
 * @param commits commits read and decoded
 * @param operations their operations
 * @param folded deltas read and decoded that some commits were folded to
 * @param logBytes bytes of the segments
 * @param appliedPosition the newest commit that is folded into the state
 * @param keys keys of the state
 * @param cells their cells
 * @param stateBytes bytes of the state's records
 * @param compared keys whose state was built again from the log and compared
 * @param notCompared why the state was not compared with the log, or null if it was
 * @param tornTail what stands behind the last good commit and was never promised, or null
 * @param snapshots snapshots that were held to their manifests
 * @param largeValues different large values that something refers to
 * @param largeChunks how many of their chunks are as they were written
 * @param findings how much is wrong
 */
public record VerifyReport(
    long firstPosition,
    long lastPosition,
    long segments,
    long commits,
    long operations,
    long folded,
    long logBytes,
    long appliedPosition,
    long keys,
    long cells,
    long stateBytes,
    long compared,
    @Nullable String notCompared,
    @Nullable String tornTail,
    long snapshots,
    long largeValues,
    long largeChunks,
    long findings) {
  /** Whether everything is as it should be. */
  public boolean isClean() {
    return findings == 0;
  }
}
